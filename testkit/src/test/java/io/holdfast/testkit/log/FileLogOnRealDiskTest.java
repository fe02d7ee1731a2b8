package io.holdfast.testkit.log;

import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FileLogOnRealDiskTest extends LogConformance {

    @TempDir
    Path root;

    private final SplittableRandom random = new SplittableRandom(1);
    private Path directory = Path.of("");
    private int lives;

    @BeforeEach
    void beginInAnEmptyDirectory() {
        directory = root.resolve("0");
    }

    @Override
    protected Log open() throws StorageException {
        return new FileLog(NioDisk.open(directory), new FileLogOptions(64 << 10, 64, 1 << 20), random);
    }

    /** The files as they are go to a new directory; the old one, whose lock this process cannot lose, gets its clean stop. */
    @Override
    protected void crash(Log log) throws StorageException {
        Path next = root.resolve(Integer.toString(++lives));
        try (Stream<Path> files = Files.list(directory)) {
            Files.createDirectory(next);
            for (Path file : files.toList()) {
                Files.copy(file, next.resolve(directory.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        log.close();
        directory = next;
    }
}
