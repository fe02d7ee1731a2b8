package io.holdfast.server.backup;

import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.engine.StorageException;
import io.holdfast.log.Disk;
import io.holdfast.log.LogReader;
import io.holdfast.log.ReadOnlyDisk;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A server that was stopped cleanly, so that its store has everything that its log has. It is held as long as this is open: no
 * server starts there.
 */
final class StoppedServer implements BackupSource, AutoCloseable {

    private final Disk.Lock log;
    private final RocksStore store;
    private final Cut.Header cut;

    private StoppedServer(Disk.Lock log, RocksStore store, Cut.Header cut) {
        this.log = log;
        this.store = store;
        this.cut = cut;
    }

    /**
     * Opens it.
     *
     * @throws BackupException  if it was not stopped cleanly, or is a node of a group
     * @throws StorageException if a server runs there, or log or store are damaged
     */
    static StoppedServer open(DataDirectory data) throws BackupException, StorageException {
        data.requireLogAndStore();
        if (Files.exists(data.log().resolve("ratis"))) {
            throw new BackupException(
                    data.root() + " is that of a node of a group, whose log does not say what the group"
                            + " has agreed on. Start the node and take a backup of it then, with --server");
        }
        ReadOnlyDisk disk = ReadOnlyDisk.open(data.log());
        Disk.Lock log = disk.lock();
        RocksStore store = new RocksStore(data.store(), StoreOptions.DEFAULT);
        boolean opened = false;
        try {
            LogReader.End end = new LogReader(disk, 0, (sequence, payload) -> {
            }).readLocked();
            Core core = store.recover();
            if (end.torn() != null || end.lastSequence() != core.sequence()) {
                throw new BackupException("the server on " + data.root() + " was not stopped cleanly: its store has"
                        + " everything up to entry " + core.sequence() + ", and its log ends with entry "
                        + end.lastSequence() + ". Start it once more, end it with SIGTERM, and wait for its end");
            }
            opened = true;
            return new StoppedServer(log, store, core.cut().header());
        } finally {
            if (!opened) {
                close(store, log);
            }
        }
    }

    private static void close(RocksStore store, Disk.Lock log) throws StorageException {
        try {
            store.close();
        } finally {
            log.close();
        }
    }

    @Override
    public CompletableFuture<Kept> keepAside() {
        try {
            Path kept = store.keepAside();
            return CompletableFuture.completedFuture(new Kept(kept, cut));
        } catch (StorageException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void dropAside() throws StorageException {
        store.dropAside();
    }

    @Override
    public void close() throws StorageException {
        close(store, log);
    }
}
