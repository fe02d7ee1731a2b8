package io.holdfast.log;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FileLogOptionsTest {

    @Test
    void refusalsSayKeyValueAndWhatIsAllowed() {
        assertThatThrownBy(() -> new FileLogOptions(65_537, 2, 4096)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("segmentBytes=65537 must be a multiple of 4096");
        assertThatThrownBy(() -> new FileLogOptions(61_440, 2, 4096)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("segmentBytes=61440 must be from 65536 to 1073741824");
        assertThatThrownBy(() -> new FileLogOptions(65_536, 1, 4096)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxSegments=1 must be from 2 to 1000");
        assertThatThrownBy(() -> new FileLogOptions(65_536, 2, 4095)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxEntryBytes=4095 must be from 4096 to 1073741824");
    }
}
