package io.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of format version 2. They are for ever: a change that breaks this test needs a new version. */
class FileLogFormatTest {

    private static final FileLogOptions OPTIONS = new FileLogOptions(64 << 10, 2, 1 << 20);
    private static final RandomGenerator FIXED = () -> 0x1122334455667788L;

    @TempDir
    Path directory;

    @Test
    void bytesOfVersionTwoStayAsTheyAre() throws StorageException, IOException {
        try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, FIXED)) {
            log.recover((sequence, payload) -> {
            });
            log.append(1, ByteBuffer.wrap("holdfast".getBytes(StandardCharsets.US_ASCII)));
            log.append(2, ByteBuffer.allocate(5_000));
        }
        byte[] file = Files.readAllBytes(directory.resolve("log-000.seg"));
        assertThat(file).hasSize(64 << 10);
        assertThat(start(file, 0, 80)).as("header")
                .isEqualTo("484f4c44464c4f470000000200000010112233445566778800000000000000011122334455667788"
                        + "000000000000000100000000000000010000000000000001" + "000000000000000000000000efc1229e");
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

    @Test
    void headerSaysWhereTheLogGoesOn() throws StorageException, IOException {
        write(16);
        assertThat(start(Files.readAllBytes(segments().getFirst()), 0, 80))
                .isEqualTo("484f4c44464c4f470000000200000010112233445566778800000000000000011122334455667788"
                        + "0000000000000001000000000000000100000000000000010000000000000002000000016d887ec5");
    }

    /** Nothing but the header of a file differs. */
    @Test
    void versionOneIsReadAndWrittenOn() throws StorageException, IOException {
        write(16);
        for (Path file : segments()) {
            makeVersionOne(file);
        }
        write(20);
        assertThat(segments()).hasSize(2).allMatch(file -> versionOf(file) == 2);
        try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, FIXED)) {
            long[] next = {1};
            assertThat(log.recover((sequence, payload) -> assertThat(sequence).isEqualTo(next[0]++))).isEqualTo(20);
        }
    }

    /** The header of the first test of this class, as version 1 wrote it. */
    @Test
    void headerOfVersionOneIsStillKnown() throws StorageException, IOException {
        write(2);
        Path file = segments().getFirst();
        byte[] header = new byte[80];
        byte[] old = HexFormat.of()
                .parseHex("484f4c44464c4f470000000100000010112233445566778800000000000000011122334455667788"
                        + "000000000000000100000000000000010000000000000001bd24a759");
        System.arraycopy(old, 0, header, 0, old.length);
        overwrite(file, header);
        try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, FIXED)) {
            assertThat(log.recover((sequence, payload) -> {
            })).isEqualTo(2);
        }
        assertThat(versionOf(file)).isEqualTo(2);
    }

    private void write(long through) throws StorageException {
        try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, FIXED)) {
            long last = log.recover((sequence, payload) -> {
            });
            for (long sequence = last + 1; sequence <= through; sequence++) {
                log.append(sequence, ByteBuffer.allocate(100));
            }
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
        }
    }

    private static int versionOf(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).getInt(8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeVersionOne(Path file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(80);
        header.put(Files.readAllBytes(file), 0, 64).putInt(8, 1);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, 64);
        overwrite(file, header.putInt(64, (int) crc.getValue()).array());
    }

    private static void overwrite(Path file, byte[] start) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(start), 0);
        }
    }

    private static String start(byte[] file, int block, int bytes) {
        return HexFormat.of().formatHex(Arrays.copyOfRange(file, block * 4096, block * 4096 + bytes));
    }
}
