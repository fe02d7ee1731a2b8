package io.holdfast.bench.child;

import io.holdfast.bench.process.ParentLink;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.Terms;
import io.holdfast.engine.EngineOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Very many open transactions, each with a deadline of its own, evenly spread over a window. Looks at the threads of the engine while
 * all are open and none is due, then while the deadlines pass, and at how late each transaction ends. Nobody is called. What it takes
 * to end, log and archive a transaction is measured afterwards, with fewer that their callers cancel at the same rate.
 */
public final class Timers {

    private static final int ROOM = 100_000;
    /** What every machine should write in a second: the deadlines have to lie behind the writing. */
    private static final int WRITTEN_PER_SECOND = 20_000;
    private static final long LEAD_MILLIS = 2_500;
    /** How long the threads are watched while nothing is due. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** The engine counts whole milliseconds, so a deadline may come as much earlier. */
    private static final long TICK_MILLIS = 1;
    private static final String GID = "timer-";
    private static final String CANCELLED = "cancelled-";
    private static final int CANCELLED_SHARE = 10;

    private final int transactions;
    private final long leadMillis;
    private final int[] timeoutMillis;
    /** Written by the owner of the store alone, as the rest of what it counts. */
    private volatile int ended;
    private int early;
    private final Histogram lateMillis = new Histogram(TimeUnit.HOURS.toMillis(1), 3);

    /**
     * What was seen.
     *
     * @param cancelPercent of one core, all threads of the engine, while callers cancel transactions at the same rate
     * @param idlePercent  of one core, all threads of the engine, while nothing is due
     * @param busyPercent  the same while deadlines pass, by thread; it contains ending, logging and archiving each transaction
     * @param p50Millis    from a deadline until the end is durable, applied, and on its way to the archive
     * @param early        that ended before their deadline by more than a tick of the clock
     */
    public record Told(double cancelPercent, double idlePercent, Map<String, Double> busyPercent, double p50Millis,
            double p99Millis, double maxMillis, int early, long seed) {}

    private Timers(int transactions, int windowMillis, long seed) {
        this.transactions = transactions;
        this.leadMillis = LEAD_MILLIS + transactions * 1_000L / WRITTEN_PER_SECOND;
        this.timeoutMillis = new int[transactions];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < transactions; i++) {
            timeoutMillis[i] = (int) leadMillis + random.nextInt(windowMillis);
        }
    }

    /** @param arguments directory, transactions, milliseconds of the window, seed */
    static void run(ParentLink parent, List<String> arguments) throws Exception {
        int transactions = Integer.parseInt(arguments.get(1));
        int windowMillis = Integer.parseInt(arguments.get(2));
        long seed = Long.parseLong(arguments.get(3));
        Limits limits = Limits.DEFAULT;
        EngineOptions options = EngineOptions.DEFAULT.withLimits(new Limits(transactions + ROOM, limits.maxLiveBytes(),
                limits.maxBranches(), limits.maxFinished()));
        Timers timers = new Timers(transactions, windowMillis, seed);
        try (EngineNode node = new EngineNode(Path.of(arguments.getFirst()), options,
                store -> new WatchedStore(store, timers::ended))) {
            parent.answer(timers.measure(parent, node, windowMillis, seed));
            parent.next();
        }
    }

    private Told measure(ParentLink parent, EngineNode node, int windowMillis, long seed) throws Exception {
        long beginNanos = System.nanoTime();
        node.forAll(0, transactions, i -> node.submit(Shapes.empty(GID + i, Math.max(1,
                timeoutMillis[i] - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos)))));
        long firstDueNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(leadMillis);
        if (System.nanoTime() + IDLE_NANOS > firstDueNanos) {
            throw new IllegalStateException(String.format(Locale.ROOT, "this machine took longer than %d s to begin %,d"
                    + " transactions: measure with fewer", leadMillis / 1_000, transactions));
        }
        parent.say(String.format(Locale.ROOT, "%,d transactions open, the first deadline in %.1f s", transactions,
                (firstDueNanos - System.nanoTime()) / 1e9));
        Map<String, Double> idle = watch(() -> parkUntil(firstDueNanos));
        Map<String, Double> busy = watch(
                () -> parkUntil(firstDueNanos + TimeUnit.MILLISECONDS.toNanos(windowMillis)));
        parent.say("the last deadline has passed");
        awaitAll(System.nanoTime() + LATE_NANOS);
        return told(cancelAtTheSameRate(node, windowMillis), idle, busy, seed);
    }

    /** In a tenth of the window, with a tenth of the transactions. */
    private double cancelAtTheSameRate(EngineNode node, int windowMillis) throws Exception {
        int count = transactions / CANCELLED_SHARE;
        long windowNanos = TimeUnit.MILLISECONDS.toNanos(windowMillis) / CANCELLED_SHARE;
        node.forAll(0, count, i -> node.submit(Shapes.empty(CANCELLED + i, TimeUnit.HOURS.toMillis(1))));
        CountDownLatch done = new CountDownLatch(count);
        double percent = sum(watch(() -> {
            long begin = System.nanoTime();
            for (int i = 0; i < count; i++) {
                parkUntil(begin + windowNanos * i / count);
                node.submitAsync(Shapes.cancel(CANCELLED + i), done::countDown);
            }
        }));
        if (!done.await(LATE_NANOS, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(done.getCount() + " cancels were not answered");
        }
        return percent;
    }

    private static double sum(Map<String, Double> shares) {
        return shares.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static Map<String, Double> watch(Runnable meanwhile) {
        Map<String, Long> before = EngineCpu.nanos();
        long begin = System.nanoTime();
        meanwhile.run();
        return EngineCpu.percent(before, EngineCpu.nanos(), System.nanoTime() - begin);
    }

    private static void parkUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void awaitAll(long giveUpAtNanos) {
        while (ended < transactions) {
            if (System.nanoTime() - giveUpAtNanos > 0) {
                throw new IllegalStateException(transactions - ended + " transactions have not ended "
                        + TimeUnit.NANOSECONDS.toSeconds(LATE_NANOS) + " s after the last deadline");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** On the thread of the store's owner. A deadline counts from the entry in which the transaction began. */
    private void ended(List<Finished> finished) {
        long now = System.currentTimeMillis();
        int counted = 0;
        for (Finished one : finished) {
            Terms terms = one.transaction().terms();
            if (terms.gid().startsWith(GID)) {
                long late = now - terms.createdWallMillis() - terms.deadlineMillis();
                early += late < -TICK_MILLIS ? 1 : 0;
                lateMillis.recordValue(Math.max(0, late));
                counted++;
            }
        }
        ended = ended + counted;
    }

    private Told told(double cancelPercent, Map<String, Double> idle, Map<String, Double> busy, long seed) {
        return new Told(cancelPercent, sum(idle), busy, lateMillis.getValueAtPercentile(50),
                lateMillis.getValueAtPercentile(99), lateMillis.getMaxValue(), early, seed);
    }
}
