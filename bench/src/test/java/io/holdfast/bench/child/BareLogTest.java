package io.holdfast.bench.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BareLogTest {

    @TempDir
    private Path directory;

    @Test
    void whatWasAppendedStandsInTheFile() throws IOException {
        Path path = directory.resolve("bare.log");
        try (BareLog log = new BareLog(path)) {
            log.append("first".getBytes(StandardCharsets.UTF_8));
            log.append("second".getBytes(StandardCharsets.UTF_8));
        }
        ByteBuffer begin = ByteBuffer.allocate(8_192);
        try (FileChannel file = FileChannel.open(path)) {
            file.read(begin);
        }
        assertThat(new String(begin.array(), StandardCharsets.UTF_8)).contains("first", "second");
    }

    @Test
    void nobodyWaitsForeverForALogThatIsClosed() throws IOException {
        BareLog log = new BareLog(directory.resolve("bare.log"));
        log.close();
        assertThatThrownBy(() -> log.append(new byte[1])).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("appended");
    }
}
