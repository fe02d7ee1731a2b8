package io.holdfast.tests.damage;

import io.holdfast.core.Command;
import io.holdfast.core.Limits;
import io.holdfast.core.Reply;
import io.holdfast.engine.Clock;
import io.holdfast.engine.Engine;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.engine.Owner;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Retention;
import io.holdfast.engine.StorageException;
import io.holdfast.log.Disk;
import io.holdfast.log.FileLog;
import io.holdfast.log.FileLogOptions;
import io.holdfast.log.NioDisk;
import io.holdfast.store.RocksStore;
import io.holdfast.store.StoreOptions;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The engine on real files of log and store, with everything small, polled by the caller's thread on a clock of its own: what it
 * does depends on the files alone.
 */
final class Node implements AutoCloseable {

    private static final FileLogOptions LOG = new FileLogOptions(128 << 10, 64, 64 << 10);
    private static final StoreOptions STORE = new StoreOptions(1 << 20, 64 << 10, 10);
    private static final long CUT_BYTES = 80 << 10;
    private static final Limits LIMITS = new Limits(10_000, 1 << 30, 20, 40);
    private static final long START_WALL_MILLIS = 1_760_000_000_000L;
    private static final long MILLI = 1_000_000;

    private final FileLog log;
    private final RocksStore store;
    private final Engine engine;
    private long nanos;
    private @Nullable StorageException failure;

    /**
     * @param disk         what the log sees of its directory
     * @param keptMillis   how long what went well is kept; 0 for ever
     * @param participants answers calls at once
     */
    Node(Path data, UnaryOperator<Disk> disk, long keptMillis, Function<Call, Result> participants)
            throws StorageException {
        Clock clock = new Clock() {
            @Override
            public long nanos() {
                return nanos;
            }

            @Override
            public long wallMillis() {
                return START_WALL_MILLIS + nanos / MILLI;
            }
        };
        log = new FileLog(disk.apply(NioDisk.open(data.resolve("log"))), LOG, new SplittableRandom(1));
        store = new RocksStore(data.resolve("store"), STORE);
        CutOptions cuts = new CutOptions(CUT_BYTES, Long.MAX_VALUE, 10_000, 1_000, new Retention(keptMillis, 0, 0), 0);
        Participants port = (call, whenDone) -> whenDone.accept(participants.apply(call));
        engine = new Engine(log, store, port, clock, new SplittableRandom(2),
                EngineOptions.DEFAULT.withLimits(LIMITS).withCuts(cuts), cause -> failure = cause);
    }

    void recover() throws StorageException {
        engine.recover();
    }

    Engine engine() {
        return engine;
    }

    long cutBytes() {
        return log.cutBytes();
    }

    /** Why it has stopped; null if it has not. */
    @Nullable
    StorageException failure() {
        return failure;
    }

    CompletableFuture<Reply> submit(Command command) {
        return engine.submit(command);
    }

    /** Polls until nobody has anything to do. */
    void settle() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Owner owner : engine.owners()) {
                busy |= owner.poll() > 0;
            }
        }
    }

    /** Lets time pass, waking whenever an owner asked to be woken. */
    void run(long millis) {
        settle();
        for (long left = millis * MILLI; left > 0;) {
            long step = left;
            for (Owner owner : engine.owners()) {
                step = Math.min(step, Math.max(1, owner.idleNanos()));
            }
            nanos += step;
            left -= step;
            settle();
        }
    }

    @Override
    public void close() throws StorageException {
        try {
            engine.close();
        } finally {
            // After a recovery that failed the engine leaves it open.
            log.close();
        }
    }
}
