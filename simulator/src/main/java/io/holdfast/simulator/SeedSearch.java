package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs seed after seed, on several threads. Each run is on one of them from its beginning to its end. */
public final class SeedSearch {

    private final SimOptions options;
    private final AtomicLong next;
    private final long end;
    private final BooleanSupplier goOn;
    private final Totals totals = new Totals();
    private volatile @Nullable Found found;

    /** A seed that breaks a guarantee. */
    public record Found(long seed, Violation violation) {}

    /** Sums over runs. Thread-safe. */
    public static final class Totals {
        private long seeds;
        private long transactions;
        private long faults;
        private int fewestFaults = Integer.MAX_VALUE;
        private long virtualMillis;
        private long lives;
        private long elections;
        private long cuts;
        private long calls;
        private long confirmed;
        private long cancelled;
        private final long[] byFault = new long[Fault.values().length];

        private synchronized void add(SimReport report) {
            seeds++;
            confirmed += report.confirmed();
            cancelled += report.cancelled();
            transactions += report.confirmed() + report.cancelled() + report.settled();
            faults += report.struck();
            fewestFaults = Math.min(fewestFaults, report.struck());
            virtualMillis += report.virtualMillis();
            lives += report.lives();
            elections += report.elections();
            cuts += report.cuts();
            calls += report.calls();
            for (int i = 0; i < byFault.length; i++) {
                byFault[i] += report.faults().get(i);
            }
        }

        public synchronized long seeds() {
            return seeds;
        }

        /** Of the seed that had the fewest. */
        public synchronized int fewestFaults() {
            return fewestFaults;
        }

        public synchronized double virtualHours() {
            return virtualMillis / 3_600_000.0;
        }

        public synchronized double transactionsPerVirtualSecond() {
            return virtualMillis == 0 ? 0 : transactions * 1_000.0 / virtualMillis;
        }

        /** How often a fault of this kind has happened. */
        public synchronized long of(Fault fault) {
            return byFault[fault.ordinal()];
        }

        public synchronized long confirmed() {
            return confirmed;
        }

        public synchronized long cancelled() {
            return cancelled;
        }

        public synchronized long cuts() {
            return cuts;
        }

        @Override
        public synchronized String toString() {
            return String.format(
                    "%,d seeds, %,d transactions (%,d confirmed, %,d cancelled), %,d faults (fewest in a seed %,d), %,d lives of processes,"
                            + " %,d elections, %,d cuts, %,d calls, %.1f virtual hours",
                    seeds, transactions, confirmed, cancelled, faults, seeds == 0 ? 0 : fewestFaults, lives, elections,
                    cuts, calls, virtualMillis / 3_600_000.0);
        }
    }

    /**
     * @param first seed
     * @param count of seeds at most
     * @param goOn  asked before each seed
     */
    public SeedSearch(SimOptions options, long first, long count, BooleanSupplier goOn) {
        this.options = options;
        this.next = new AtomicLong(first);
        this.end = first + count;
        this.goOn = goOn;
    }

    public Totals totals() {
        return totals;
    }

    /**
     * Searches until a guarantee is broken, the seeds are used up, or nobody wants to go on.
     *
     * @return null if no guarantee was broken
     */
    public @Nullable Found run(int threads) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofPlatform().name("sim-" + i).start(this::work));
        }
        for (Thread thread : all) {
            thread.join();
        }
        return found;
    }

    private void work() {
        while (found == null && goOn.getAsBoolean()) {
            long seed = next.getAndIncrement();
            if (seed >= end) {
                return;
            }
            try {
                totals.add(Simulation.run(seed, options));
            } catch (Violation violation) {
                report(new Found(seed, violation));
            }
        }
    }

    /** The lowest seed of those that were found at the same time. */
    private synchronized void report(Found one) {
        Found before = found;
        if (before == null || one.seed < before.seed) {
            found = one;
        }
    }
}
