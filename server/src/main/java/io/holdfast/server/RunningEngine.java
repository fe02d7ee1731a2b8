package io.holdfast.server;

import io.holdfast.engine.Coordinator;
import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.StorageException;
import io.holdfast.server.backup.BackupSource;
import io.holdfast.server.cluster.ClusterPart;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An engine that takes commands. Thread-safe. */
public interface RunningEngine extends AutoCloseable {

    Coordinator coordinator();

    /** What it shows in the metrics; called once. */
    MeterBinder metrics();

    /** What it is doing; fails while it has none. */
    CompletableFuture<EngineFigures> figures();

    /**
     * Completes exceptionally when the engine had to stop by itself, for example because the disk refused a write; the
     * process then ends with exit code 1.
     */
    CompletableFuture<Void> failure();

    /** What backups are taken of; null if none can be taken. */
    default @Nullable BackupSource backupSource() {
        return null;
    }

    /** What makes it one node of a group; null if it is alone. */
    default @Nullable ClusterPart cluster() {
        return null;
    }

    /** Lets another node lead, if this one does and there are others. Blocks for a few seconds at most. */
    default void handOver() throws InterruptedException {
    }

    /** Starts no more calls to participants; those under way may end and be recorded. */
    default void drain() {
    }

    /**
     * Stops, leaves a clean log and gives the directory back. Safe to call twice.
     *
     * @throws StorageException if the clean stop could not be marked in the log; the next start recovers it
     */
    @Override
    void close() throws StorageException;
}
