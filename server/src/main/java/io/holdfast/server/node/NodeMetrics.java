package io.holdfast.server.node;

import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.StorageException;
import io.holdfast.store.GidFigures;
import io.holdfast.store.RocksStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What a node shows of its engine and store. Thread-safe; a scrape never waits for either. */
final class NodeMetrics implements MeterBinder {

    /** A scrape shows figures of at most this age, so that scrapes never queue behind each other. */
    private static final long FIGURES_MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** RocksDB looks into every file for these. */
    private static final long GIDS_MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** As many as RocksDB has. */
    private static final int LEVELS = 7;

    private final Recent<EngineFigures> engine;
    private final Recent<GidFigures> gids;

    NodeMetrics(Engine engine, RocksStore store) {
        this.engine = new Recent<>(new EngineFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), FIGURES_MAX_AGE_NANOS,
                engine::figures);
        // On a platform thread of the common pool: RocksDB is called through JNI, and the thread of a scrape must not block.
        this.gids = new Recent<>(new GidFigures(List.of(), 0, 0, 0), GIDS_MAX_AGE_NANOS,
                () -> CompletableFuture.supplyAsync(() -> figures(store)));
    }

    private static GidFigures figures(RocksStore store) {
        try {
            return store.figures();
        } catch (StorageException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        engine(registry, "holdfast.transactions.unfinished", EngineFigures::unfinished);
        engine(registry, "holdfast.transactions.finished.kept", EngineFigures::finishedKept);
        engine(registry, "holdfast.transactions.owed", EngineFigures::transactionsOwed);
        engine(registry, "holdfast.live.bytes", EngineFigures::liveBytes);
        engine(registry, "holdfast.log.entries", EngineFigures::sequence);
        engine(registry, "holdfast.log.free.bytes", EngineFigures::logFreeBytes);
        engine(registry, "holdfast.store.free.bytes", EngineFigures::storeFreeBytes);
        engine(registry, "holdfast.store.cuts", EngineFigures::cuts);
        engine(registry, "holdfast.store.expired", EngineFigures::expired);
        engine(registry, "holdfast.commands.waiting", EngineFigures::waiting);
        engine(registry, "holdfast.calls.inflight", EngineFigures::callsInFlight);
        engine(registry, "holdfast.calls.started", EngineFigures::callsStarted);
        engine(registry, "holdfast.calls.failed", EngineFigures::callsFailed);
        engine(registry, "holdfast.targets.open", EngineFigures::openTargets);
        lookups(registry, "filtered", GidFigures::filteredOut);
        lookups(registry, "hit", GidFigures::truePositives);
        lookups(registry, "false_positive", GidFigures::falsePositives);
        for (int level = 0; level < LEVELS; level++) {
            level(registry, "holdfast.store.gids.rows", level, GidFigures.Level::gids);
            level(registry, "holdfast.store.gids.bytes", level, GidFigures.Level::bytes);
            level(registry, "holdfast.store.gids.filter.bytes", level, GidFigures.Level::filterBytes);
        }
    }

    private void engine(MeterRegistry registry, String name, ToDoubleFunction<EngineFigures> figure) {
        Gauge.builder(name, () -> figure.applyAsDouble(engine.get())).strongReference(true).register(registry);
    }

    private void lookups(MeterRegistry registry, String result, ToDoubleFunction<GidFigures> figure) {
        Gauge.builder("holdfast.store.gids.filter.lookups", () -> figure.applyAsDouble(gids.get()))
                .description(
                        "Files that a look-up of a gid met: not read because of the filter, read with and without success")
                .tag("result", result).strongReference(true).register(registry);
    }

    private void level(MeterRegistry registry, String name, int level, ToDoubleFunction<GidFigures.Level> figure) {
        Gauge.builder(name,
                () -> gids.get().levels().stream().filter(one -> one.level() == level).mapToDouble(figure).sum())
                .tag("level", Integer.toString(level)).strongReference(true).register(registry);
    }

    /** Figures that take a while: asks for new ones when these are old, and shows them the next time. */
    private static final class Recent<T> {

        private final long maxAgeNanos;
        private final Supplier<CompletableFuture<T>> source;
        private volatile T last;
        private volatile long atNanos;

        Recent(T first, long maxAgeNanos, Supplier<CompletableFuture<T>> source) {
            this.last = first;
            this.maxAgeNanos = maxAgeNanos;
            this.source = source;
            this.atNanos = System.nanoTime() - maxAgeNanos;
        }

        T get() {
            long now = System.nanoTime();
            if (now - atNanos >= maxAgeNanos) {
                atNanos = now;
                var unused = source.get().thenAccept(fresh -> last = fresh);
            }
            return last;
        }
    }
}
