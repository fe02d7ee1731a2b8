package io.holdfast.server.node;

import io.holdfast.engine.Clock;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.Participants;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.runner.EngineThreads;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import io.holdfast.server.RunningEngine;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.ops.EngineGauges;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of its own: the engine on log and store in the data directory, each owner on a thread. */
public final class SingleNode implements RunningEngine {

    private static final Logger LOG = LoggerFactory.getLogger(SingleNode.class);
    /** A scrape shows figures of at most this age, so that scrapes never queue behind each other. */
    private static final long FIGURES_MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Engine engine;
    private final EngineThreads threads;
    private final CompletableFuture<Void> failure;
    private volatile EngineFigures figures = new EngineFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private volatile long figuresAtNanos = System.nanoTime() - FIGURES_MAX_AGE_NANOS;
    private boolean closed;

    private SingleNode(Engine engine, EngineThreads threads, CompletableFuture<Void> failure) {
        this.engine = engine;
        this.threads = threads;
        this.failure = failure;
    }

    /**
     * Recovers what the data directory holds and starts to work; blocks until then.
     *
     * @throws StorageException if the directory is in use, damaged, or refuses a write; the message names directory or file
     */
    public static SingleNode start(ServerConfig config, Participants participants) throws StorageException {
        CompletableFuture<Void> failure = new CompletableFuture<>();
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        FileLog log = new FileLog(NioDisk.open(config.data().resolve("log")), FileLogOptions.DEFAULT, random);
        RocksStore store = new RocksStore(config.data().resolve("store"), StoreOptions.DEFAULT);
        Engine engine = new Engine(log, store, participants, Clock.SYSTEM, random,
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
        LOG.atInfo().addKeyValue("entries", engine.core().sequence())
                .addKeyValue("unfinished", engine.core().unfinished())
                .addKeyValue("boot", engine.core().bootNumber())
                .addKeyValue("clean", log.stoppedCleanly()).addKeyValue("cutBytes", log.cutBytes())
                .addKeyValue("millis", (System.nanoTime() - began) / 1_000_000).log("recovered");
        EngineThreads threads = new EngineThreads(engine, bug -> {
            LOG.atError().setCause(bug).log("a thread of the engine died: this is a bug, the process ends");
            failure.completeExceptionally(bug);
        });
        return new SingleNode(engine, threads, failure);
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
    public EngineGauges gauges() {
        return () -> {
            Map<String, Supplier<Number>> gauges = new LinkedHashMap<>();
            gauge(gauges, "holdfast.transactions.unfinished", EngineFigures::unfinished);
            gauge(gauges, "holdfast.transactions.finished.kept", EngineFigures::finishedKept);
            gauge(gauges, "holdfast.transactions.owed", EngineFigures::transactionsOwed);
            gauge(gauges, "holdfast.live.bytes", EngineFigures::liveBytes);
            gauge(gauges, "holdfast.log.entries", EngineFigures::sequence);
            gauge(gauges, "holdfast.log.free.bytes", EngineFigures::logFreeBytes);
            gauge(gauges, "holdfast.store.free.bytes", EngineFigures::storeFreeBytes);
            gauge(gauges, "holdfast.store.cuts", EngineFigures::cuts);
            gauge(gauges, "holdfast.store.expired", EngineFigures::expired);
            gauge(gauges, "holdfast.commands.waiting", EngineFigures::waiting);
            gauge(gauges, "holdfast.calls.inflight", EngineFigures::callsInFlight);
            gauge(gauges, "holdfast.calls.started", EngineFigures::callsStarted);
            gauge(gauges, "holdfast.calls.failed", EngineFigures::callsFailed);
            gauge(gauges, "holdfast.targets.open", EngineFigures::openTargets);
            return gauges;
        };
    }

    private void gauge(Map<String, Supplier<Number>> gauges, String name, ToLongFunction<EngineFigures> figure) {
        gauges.put(name, () -> figure.applyAsLong(recentFigures()));
    }

    /** Never waits: asks for new figures when these are old, and shows them at the next scrape. */
    private EngineFigures recentFigures() {
        long now = System.nanoTime();
        if (now - figuresAtNanos >= FIGURES_MAX_AGE_NANOS) {
            figuresAtNanos = now;
            var unused = engine.figures().thenAccept(fresh -> figures = fresh);
        }
        return figures;
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
