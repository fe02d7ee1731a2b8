package io.holdfast.server.backup;

import io.holdfast.core.Cut;
import io.holdfast.engine.StorageException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** An engine of which backups can be taken. Thread-safe; one at a time. */
public interface BackupSource {

    /**
     * Takes a cut and keeps the store aside as it is then, as files that nobody changes until {@link #dropAside}. The engine goes
     * on meanwhile.
     */
    CompletableFuture<Kept> keepAside();

    /** Gives back what was kept, or the remains of an attempt. */
    void dropAside() throws StorageException;

    /**
     * @param store directory of the store that was kept
     * @param cut   the cut that it holds, which is its last one
     */
    record Kept(Path store, Cut.Header cut) {}
}
