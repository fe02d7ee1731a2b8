package io.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one directory. */
class SecondProcessIT {

    @TempDir
    Path directory;

    @Test
    void secondProcessIsRefusedWhileTheFirstLives() throws StorageException, IOException {
        try (RocksStore store = new RocksStore(directory, StoreOptions.DEFAULT)) {
            Samples.fill(store);
            assertThat(outcomeInAnotherProcess())
                    .contains("LOCKED", directory.toString(), "process " + ProcessHandle.current().pid());
            store.archive(Samples.finished(Samples.FINISHED, 200));
        }
        assertThat(outcomeInAnotherProcess()).isEqualTo("recovered 2");
    }

    private String outcomeInAnotherProcess() throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
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
        public static void main(String[] args) {
            try (RocksStore store = new RocksStore(Path.of(args[0]), StoreOptions.DEFAULT)) {
                System.out.println("recovered " + store.recover().sequence());
            } catch (StorageException e) {
                System.out.println(e.kind() + " " + e.getMessage());
            }
        }
    }
}
