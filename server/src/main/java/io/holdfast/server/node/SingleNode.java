package io.holdfast.server.node;

import io.holdfast.engine.Clock;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.Participants;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.engine.runner.EngineThreads;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import io.holdfast.server.RunningEngine;
import io.holdfast.server.backup.BackupSource;
import io.holdfast.server.cluster.Foundation;
import io.holdfast.server.cluster.FoundationFile;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of its own: the engine on log and store in the data directory, each owner on a thread. */
public final class SingleNode implements RunningEngine {

    private static final Logger LOG = LoggerFactory.getLogger(SingleNode.class);

    private final Engine engine;
    private final RocksStore store;
    private final EngineThreads threads;
    private final CompletableFuture<Void> failure;
    private final NodeMetrics metrics;
    private boolean closed;

    private SingleNode(Engine engine, RocksStore store, EngineThreads threads, NodeMetrics metrics,
            CompletableFuture<Void> failure) {
        this.engine = engine;
        this.store = store;
        this.threads = threads;
        this.metrics = metrics;
        this.failure = failure;
    }

    /**
     * Recovers what the data directory holds and starts to work; blocks until then.
     *
     * @throws StorageException if the directory is in use, damaged, or refuses a write; the message names directory or file
     */
    public static SingleNode start(ServerConfig config, Participants participants) throws StorageException {
        requireNoFoundation(config.data());
        CompletableFuture<Void> failure = new CompletableFuture<>();
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        FileLog log = new FileLog(NioDisk.open(new DataDirectory(config.data()).log()), FileLogOptions.DEFAULT, random);
        RocksStore store = new RocksStore(new DataDirectory(config.data()).store(), StoreOptions.DEFAULT);
        TimedLog timed = new TimedLog(log);
        Engine engine = new Engine(timed, store, participants, Clock.SYSTEM, random,
                EngineOptions.DEFAULT.withLimits(config.limits()).withCuts(config.cuts()),
                failure::completeExceptionally);
        long began = System.nanoTime();
        try {
            engine.recover();
        } catch (StorageException | RuntimeException e) {
            giveBack(store, e);
            giveBack(log, e);
            throw e;
        }
        long millis = (System.nanoTime() - began) / 1_000_000;
        long storeMillis = engine.storeRecoveryNanos() / 1_000_000;
        LOG.atInfo().addKeyValue("entries", engine.core().sequence())
                .addKeyValue("unfinished", engine.core().unfinished())
                .addKeyValue("boot", engine.core().bootNumber())
                .addKeyValue("clean", log.stoppedCleanly()).addKeyValue("cutBytes", log.cutBytes())
                .addKeyValue("millis", millis).addKeyValue("storeMillis", storeMillis)
                .addKeyValue("logMillis", millis - storeMillis).log("recovered");
        EngineThreads threads = new EngineThreads(engine, bug -> {
            LOG.atError().setCause(bug).log("a thread of the engine died: this is a bug, the process ends");
            failure.completeExceptionally(bug);
        });
        return new SingleNode(engine, store, threads, new NodeMetrics(engine::figures, () -> store, timed), failure);
    }

    /** Such a store has no log, which here would be taken for damage. */
    private static void requireNoFoundation(Path data) throws StorageException {
        Foundation foundation = new FoundationFile(data).unused();
        if (foundation != null) {
            throw new StorageException(Kind.FAILED, data + " holds " + foundation + ", restored for a node of a group:"
                    + " configure cluster.members, or restore the backup again without --group");
        }
    }

    private static void giveBack(AutoCloseable storage, Exception cause) {
        try {
            storage.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public Coordinator coordinator() {
        return engine;
    }

    @Override
    public CompletableFuture<EngineFigures> figures() {
        return engine.figures();
    }

    @Override
    public MeterBinder metrics() {
        return metrics;
    }

    @Override
    public BackupSource backupSource() {
        return new BackupSource() {
            @Override
            public CompletableFuture<Kept> keepAside() {
                AtomicReference<@Nullable Path> kept = new AtomicReference<>();
                return engine.atCut(() -> kept.set(store.keepAside()))
                        .thenApply(cut -> new Kept(Objects.requireNonNull(kept.get()), cut));
            }

            @Override
            public void dropAside() throws StorageException {
                store.dropAside();
            }
        };
    }

    @Override
    public CompletableFuture<Void> failure() {
        return failure;
    }

    @Override
    public void drain() {
        engine.drain();
    }

    @Override
    public synchronized void close() throws StorageException {
        if (!closed) {
            closed = true;
            threads.close();
        }
    }
}
