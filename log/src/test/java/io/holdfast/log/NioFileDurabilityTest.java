package io.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only a power cut shows whether a real file keeps what it promised; the kernel tells what it was asked for. */
class NioFileDurabilityTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    /** As fcntl.h has it on Linux, on x86-64 and ARM alike. */
    private static final int O_DSYNC = 0x1000;

    @TempDir
    Path root;

    @Test
    void oneOfTheTwoChannelsOfAFileIsOpenWithDsync() throws StorageException, IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "needs Linux: /proc tells how a file is open");
        Path real = root.toRealPath().resolve("x");
        try (DiskFile file = NioDisk.open(root).create("x")) {
            assertThat(file.size()).isZero();
            assertThat(flagsOf(real)).hasSize(2).filteredOn(flags -> (flags & O_DSYNC) != 0).hasSize(1);
        }
        try (DiskFile file = NioDisk.open(root).open("x")) {
            assertThat(file.size()).isZero();
            assertThat(flagsOf(real)).hasSize(2).filteredOn(flags -> (flags & O_DSYNC) != 0).hasSize(1);
        }
    }

    private static List<Integer> flagsOf(Path file) throws IOException {
        List<Path> open;
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            open = all.filter(descriptor -> leadsTo(descriptor, file)).toList();
        }
        List<Integer> flags = new ArrayList<>();
        for (Path descriptor : open) {
            Path info = Path.of("/proc/self/fdinfo").resolve(String.valueOf(descriptor.getFileName()));
            for (String line : Files.readAllLines(info)) {
                if (line.startsWith("flags:")) {
                    flags.add(Integer.parseInt(line.substring("flags:".length()).strip(), 8));
                }
            }
        }
        return flags;
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            // Closed since the directory was listed.
            return false;
        }
    }
}
