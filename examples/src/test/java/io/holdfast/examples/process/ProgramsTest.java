package io.holdfast.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class ProgramsTest {
    @Test
    void whatIsOnThisMachineIsFound() throws Exception {
        assertThat(Files.isExecutable(Programs.find("sh"))).isTrue();
    }

    @Test
    void whatIsNotOnItIsNamedTogetherWithTheWayToGetIt() {
        assertThatThrownBy(() -> Programs.find("no-such-program")).isInstanceOf(MissingMeansException.class)
                .hasMessageContaining("no-such-program").hasMessageContaining("scripts/components.sh")
                .hasMessageContaining("--components embedded");
    }
}
