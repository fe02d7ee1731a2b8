package io.holdfast.server.node;

import io.holdfast.engine.EngineFigures;
import io.holdfast.engine.StorageException;
import io.holdfast.store.GidFigures;
import io.holdfast.store.RocksStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What a node shows of its engine and store. Thread-safe; a scrape never waits for either. */
final class NodeMetrics implements MeterBinder {

    /** How soon a scrape asks for others, so that scrapes never queue behind each other. */
    private static final long FIGURES_MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** RocksDB looks into every file for these. */
    private static final long GIDS_MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** As many as RocksDB has. */
    private static final int LEVELS = 7;

    private final Recent<EngineFigures> engine;
    private final Recent<GidFigures> gids;
    private final MeterBinder appends;

    /**
     * @param engine  asks the engine of the moment
     * @param store   of the moment
     * @param appends what the log shows of itself
     */
    NodeMetrics(Supplier<CompletableFuture<EngineFigures>> engine, Supplier<RocksStore> store, MeterBinder appends) {
        this.appends = appends;
        this.engine = new Recent<>(FIGURES_MAX_AGE_NANOS, engine);
        // On a platform thread of the common pool: RocksDB is called through JNI, and the thread of a scrape must not block.
        this.gids = new Recent<>(GIDS_MAX_AGE_NANOS,
                () -> CompletableFuture.supplyAsync(() -> figures(store.get())));
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
        // So that the first scrape has figures already, and not only the second.
        engine.ask();
        gids.ask();
        transactions(registry);
        storage(registry);
        calls(registry);
        healing(registry);
        appends.bindTo(registry);
        lookups(registry, "filtered", GidFigures::filteredOut);
        lookups(registry, "hit", GidFigures::truePositives);
        lookups(registry, "false_positive", GidFigures::falsePositives);
        for (int level = 0; level < LEVELS; level++) {
            level(registry, "holdfast.store.gids.rows", level, GidFigures.Level::gids);
            level(registry, "holdfast.store.gids.bytes", level, GidFigures.Level::bytes);
            level(registry, "holdfast.store.gids.filter.bytes", level, GidFigures.Level::filterBytes);
        }
    }

    private void transactions(MeterRegistry registry) {
        engine(registry, "holdfast.transactions.unfinished", "Unfinished transactions",
                figures -> figures.transactions().unfinished());
        engine(registry, "holdfast.transactions.unfinished.limit",
                "Unfinished transactions over which begin is refused",
                figures -> figures.transactions().maxUnfinished());
        engine(registry, "holdfast.transactions.attention", "Unfinished transactions that somebody should look at",
                figures -> figures.transactions().needAttention());
        engine(registry, "holdfast.transactions.paused", "Unfinished transactions that an operator has paused",
                figures -> figures.transactions().paused());
        engine(registry, "holdfast.transactions.oldest.seconds", "Age of the oldest unfinished transaction",
                figures -> seconds(figures.transactions().oldestUnfinishedMillis()));
        engine(registry, "holdfast.transactions.owed", "Transactions to which a call is owed",
                figures -> figures.calls().transactionsOwed());
        engine(registry, "holdfast.transactions.finished.kept", "Finished transactions kept in memory",
                figures -> figures.transactions().finishedKept());
        engine(registry, "holdfast.live.bytes", "Estimated bytes of unfinished transactions",
                figures -> figures.transactions().liveBytes());
        engine(registry, "holdfast.live.limit.bytes", "Bytes of unfinished transactions over which begin is refused",
                figures -> figures.transactions().maxLiveBytes());
    }

    private void storage(MeterRegistry registry) {
        engine(registry, "holdfast.commands.waiting", "Commands that wait for the log",
                figures -> figures.storage().waiting());
        engine(registry, "holdfast.log.entries", "Last applied entry", figures -> figures.storage().sequence());
        engine(registry, "holdfast.log.free.bytes", "Room left in the log",
                figures -> figures.storage().logFreeBytes());
        engine(registry, "holdfast.log.reserved.bytes", "Room in the log under which begin is refused",
                figures -> figures.storage().logReservedBytes());
        engine(registry, "holdfast.log.uncut.bytes", "Bytes of the entries that no cut holds yet",
                figures -> figures.storage().bytesSinceCut());
        engine(registry, "holdfast.store.free.bytes", "Room left on the disk of the store",
                figures -> figures.storage().storeFreeBytes());
        engine(registry, "holdfast.store.reserved.bytes", "Room on that disk under which begin is refused",
                figures -> figures.storage().storeReservedBytes());
        engine(registry, "holdfast.store.cuts", "Cuts since the start", figures -> figures.storage().cuts());
        engine(registry, "holdfast.store.expired", "Finished transactions that retention has removed since the start",
                figures -> figures.storage().expired());
        engine(registry, "holdfast.store.expiry.age.seconds", "Since retention last had nothing left to remove",
                figures -> seconds(figures.storage().expiryAgeMillis()));
    }

    private void calls(MeterRegistry registry) {
        engine(registry, "holdfast.calls.inflight", "Calls to participants under way",
                figures -> figures.calls().inFlight());
        engine(registry, "holdfast.calls.waiting", "Calls that are due and wait for a free slot",
                figures -> figures.calls().waitingForRoom());
        engine(registry, "holdfast.calls.started", "Calls to participants since the start",
                figures -> figures.calls().started());
        engine(registry, "holdfast.calls.failed", "Calls without a definite answer since the start",
                figures -> figures.calls().failed());
        engine(registry, "holdfast.targets.open", "Participants whose breaker is open",
                figures -> figures.calls().openTargets());
    }

    private void healing(MeterRegistry registry) {
        engine(registry, "holdfast.healing.looks", "Looks at transactions whose time had come",
                figures -> figures.healing().looks());
        engine(registry, "holdfast.healing.cancelled", "Transactions cancelled because their deadline had passed",
                figures -> figures.healing().cancelled());
        engine(registry, "holdfast.healing.stuck", "Transactions that were found stuck",
                figures -> figures.healing().stuck());
    }

    private static double seconds(long millis) {
        return millis / 1_000.0;
    }

    private void engine(MeterRegistry registry, String name, String description,
            ToDoubleFunction<EngineFigures> figure) {
        Gauge.builder(name, () -> engine.get(figure)).description(description).strongReference(true)
                .register(registry);
    }

    private void lookups(MeterRegistry registry, String result, ToDoubleFunction<GidFigures> figure) {
        Gauge.builder("holdfast.store.gids.filter.lookups", () -> gids.get(figure))
                .description(
                        "Files that a look-up of a gid met: not read because of the filter, read with and without success")
                .tag("result", result).strongReference(true).register(registry);
    }

    private void level(MeterRegistry registry, String name, int level, ToDoubleFunction<GidFigures.Level> figure) {
        Gauge.builder(name,
                () -> gids.get(
                        all -> all.levels().stream().filter(one -> one.level() == level).mapToDouble(figure).sum()))
                .tag("level", Integer.toString(level)).strongReference(true).register(registry);
    }
}
