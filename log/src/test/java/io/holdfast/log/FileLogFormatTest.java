package io.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of format version 1. They are for ever: a change that breaks this test needs a new version. */
class FileLogFormatTest {

    private static final FileLogOptions OPTIONS = new FileLogOptions(64 << 10, 2, 1 << 20);
    private static final RandomGenerator FIXED = () -> 0x1122334455667788L;

    @TempDir
    Path directory;

    @Test
    void bytesOfVersionOneStayAsTheyAre() throws StorageException, IOException {
        try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, FIXED)) {
            log.recover((sequence, payload) -> {
            });
            log.append(1, ByteBuffer.wrap("holdfast".getBytes(StandardCharsets.US_ASCII)));
            log.append(2, ByteBuffer.allocate(5_000));
        }
        byte[] file = Files.readAllBytes(directory.resolve("log-000.seg"));
        assertThat(file).hasSize(64 << 10);
        assertThat(start(file, 0, 68)).as("header")
                .isEqualTo("484f4c44464c4f470000000100000010112233445566778800000000000000011122334455667788"
                        + "000000000000000100000000000000010000000000000001bd24a759");
        assertThat(start(file, 1, 56)).as("first entry")
                .isEqualTo("0000000000000001000000000000000100000000b40601f700000000000000010000000800000001"
                        + "a910fc1238e705ea686f6c6466617374");
        assertThat(start(file, 2, 48)).as("second entry").isEqualTo(
                "0000000000000001000000000000000200000000fc35b10300000000000000020000138800000001816dd8632ea288b3");
        assertThat(start(file, 3, 24)).as("second entry, second block")
                .isEqualTo("00000000000000010000000000000002000000010e5e3200");
        assertThat(start(file, 4, 48)).as("clean stop").isEqualTo(
                "0000000000000001000000000000000300000000c424deaf000000000000000200000000000000026b7874a4b6aa2468");
        assertThat(start(file, 5, 24)).as("unused").isEqualTo("00".repeat(24));
    }

    private static String start(byte[] file, int block, int bytes) {
        return HexFormat.of().formatHex(Arrays.copyOfRange(file, block * 4096, block * 4096 + bytes));
    }
}
