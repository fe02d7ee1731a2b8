package io.holdfast.testkit.component;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ComponentsTest {

    @Test
    void whatIsOnThePathIsNotMissed() {
        Components.require("it is on every machine", "sh");
    }

    @Test
    void whatIsMissingIsNamedTogetherWithHowToGetIt() {
        assertThatThrownBy(() -> Components.require("apt install it", "sh", "no-such-program"))
                .hasMessageContaining("no-such-program is not on this machine: apt install it");
    }
}
