package io.holdfast.store;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;

/**
 * A store kept aside as it was at a cut: a directory within its own, which looks like that of a store that was stopped there.
 * Nobody changes it. Its tables are hard links, so that it costs neither time nor room until the store lets its own go.
 */
final class Aside {

    private static final String NAME = "aside";

    private Aside() {
    }

    static Path in(Path directory) {
        return directory.resolve(NAME);
    }

    /** Called between a flush and the next write, so there is nothing to flush. */
    static Path make(Database db, StoreFile file, Path directory, StoreErrors errors) throws StorageException {
        Path aside = in(directory);
        try {
            delete(directory);
            Files.createDirectory(aside);
            try (Checkpoint checkpoint = Checkpoint.create(db.db())) {
                checkpoint.createCheckpoint(aside.resolve(RocksStore.DATABASE).toString());
            }
            file.write(aside);
            return aside;
        } catch (RocksDBException e) {
            throw errors.of("keep a cut aside", e);
        } catch (IOException e) {
            throw errors.failed("keep a cut aside", e);
        }
    }

    /** Whatever there is. */
    static void delete(Path directory) throws IOException {
        Path aside = in(directory);
        if (Files.exists(aside)) {
            List<Path> deepestFirst;
            try (Stream<Path> files = Files.walk(aside)) {
                deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
