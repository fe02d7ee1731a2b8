package io.holdfast.store;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import io.holdfast.testkit.store.StoreConformance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** RocksDB keeps what the port promises. */
class RocksStoreConformanceTest extends StoreConformance {

    @TempDir
    Path directory;

    private int life;

    @Override
    protected Store open() {
        return new RocksStore(storage(), StoreOptions.DEFAULT);
    }

    /** The files as they are while the store is open, without a word to it. */
    @Override
    protected void crash(Store store) throws StorageException {
        try {
            Path before = storage();
            life++;
            Directories.copy(before, storage());
            store.close();
            Directories.delete(before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void clear() {
        life++;
    }

    Path storage() {
        return directory.resolve("life-" + life);
    }
}
