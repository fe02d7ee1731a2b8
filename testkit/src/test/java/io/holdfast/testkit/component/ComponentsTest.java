package io.holdfast.testkit.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ComponentsTest {

    @Test
    void whatIsOnThePathIsFound() {
        assertThat(Components.find("sh")).isExecutable();
        Components.require("it is on every machine", "sh");
    }

    @Test
    void whatIsMissingIsNamedTogetherWithHowToGetIt() {
        assertThat(Components.find("no-such-program")).isNull();
        assertThatThrownBy(() -> Components.require("apt install it", "sh", "no-such-program"))
                .hasMessageContaining("no-such-program is not on this machine: apt install it");
    }

    @Test
    void aDirectoryIsNoProgram() {
        assertThat(Components.find("../bin")).isNull();
    }
}
