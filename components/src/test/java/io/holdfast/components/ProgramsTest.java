package io.holdfast.components;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProgramsTest {
    @Test
    void whatIsOnThePathIsFound() throws Exception {
        assertThat(Programs.required("sh")).isExecutable();
    }

    @Test
    void whatIsMissingIsNamedTogetherWithTheWayToGetIt() {
        assertThat(Programs.find("no-such-program")).isEmpty();
        assertThatThrownBy(() -> Programs.required("no-such-program")).isInstanceOf(MissingProgramException.class)
                .hasMessageContaining("no-such-program is not on this machine")
                .hasMessageContaining("scripts/components.sh");
    }

    @Test
    void aDirectoryIsNoProgram() {
        assertThat(Programs.find("../bin")).isEmpty();
    }

    @Test
    void aPythonWithoutTheModuleIsMissing() {
        assertThatThrownBy(() -> Python.with("no_such_module")).isInstanceOf(MissingProgramException.class)
                .hasMessageContaining("a Python 3 with no_such_module");
    }
}
