package io.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one directory. */
class SecondProcessIT {

    private static final FileLogOptions OPTIONS = new FileLogOptions(64 << 10, 2, 1 << 20);

    @TempDir
    Path directory;

    @Test
    void secondProcessIsRefusedWhileTheFirstLives() throws StorageException, IOException {
        try (FileLog log = new FileLog(NioDisk.open(directory), OPTIONS, new SplittableRandom(1))) {
            log.recover((sequence, payload) -> {
            });
            assertThat(outcomeInAnotherProcess())
                    .contains("LOCKED", directory.toString(), "process " + ProcessHandle.current().pid());
            log.append(1, ByteBuffer.allocate(1));
        }
        assertThat(outcomeInAnotherProcess()).isEqualTo("recovered 1");
    }

    private String outcomeInAnotherProcess() throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Opener.class.getName(), directory.toString())
                .redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What the other process runs. */
    static final class Opener {
        public static void main(String[] args) throws StorageException {
            try (FileLog log = new FileLog(NioDisk.open(Path.of(args[0])), OPTIONS, new SplittableRandom(2))) {
                System.out.println("recovered " + log.recover((sequence, payload) -> {
                }));
            } catch (StorageException e) {
                System.out.println(e.kind() + " " + e.getMessage());
            }
        }
    }
}
