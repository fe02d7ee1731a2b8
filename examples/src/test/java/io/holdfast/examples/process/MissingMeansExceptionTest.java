package io.holdfast.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.components.MissingProgramException;
import org.junit.jupiter.api.Test;

class MissingMeansExceptionTest {
    @Test
    void itNamesWhatIsMissingAndBothWaysOut() {
        assertThat(new MissingMeansException(new MissingProgramException("redis-cli")))
                .hasMessageContaining("redis-cli, which is not on this machine")
                .hasMessageContaining("scripts/components.sh").hasMessageContaining("--components embedded");
    }
}
