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
    private final boolean keepGoing;
    private final Totals totals = new Totals();
    private volatile @Nullable Found found;
    private volatile boolean stopped;

    /** A seed that breaks a guarantee. */
    public record Found(long seed, Violation violation) {}

    /** Sums over runs. Thread-safe. */
    public static final class Totals {
        private long seeds;
        private long broken;
        private long transactions;
        private long faults;
        private int fewestFaults = Integer.MAX_VALUE;
        private long virtualMillis;
        private long lives;
        private long elections;
        private long installed;
        private long cuts;
        private long calls;
        private long seedsWithWorkers;
        private long given;
        private long handedBack;
        private long givenUp;
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
            installed += report.installed();
            cuts += report.cuts();
            calls += report.calls();
            seedsWithWorkers += report.workers() > 0 ? 1 : 0;
            given += report.given();
            handedBack += report.handedBack();
            givenUp += report.givenUp();
            for (int i = 0; i < byFault.length; i++) {
                byFault[i] += report.faults().get(i);
            }
        }

        private synchronized void addBroken() {
            seeds++;
            broken++;
        }

        /** Including those that broke a guarantee, of which nothing else is counted. */
        public synchronized long seeds() {
            return seeds;
        }

        /** Seeds that broke a guarantee. */
        public synchronized long broken() {
            return broken;
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

        /** Cuts of a leader from which another node started anew. */
        public synchronized long installed() {
            return installed;
        }

        /** Calls that were given to workers. */
        public synchronized long given() {
            return given;
        }

        /** Calls that workers handed back. */
        public synchronized long handedBack() {
            return handedBack;
        }

        /** Calls that were given up because no worker answered. */
        public synchronized long givenUp() {
            return givenUp;
        }

        public synchronized long elections() {
            return elections;
        }

        @Override
        public synchronized String toString() {
            return String.format(
                    "%,d seeds, %,d transactions (%,d confirmed, %,d cancelled), %,d faults (fewest in a seed %,d), %,d lives of processes,"
                            + " %,d elections, %,d cuts (%,d installed), %,d calls, %,d given to workers in %,d seeds (%,d handed"
                            + " back, %,d given up), %.1f virtual hours",
                    seeds, transactions, confirmed, cancelled, faults, seeds == broken ? 0 : fewestFaults, lives,
                    elections,
                    cuts, installed, calls, given, seedsWithWorkers, handedBack, givenUp, virtualMillis / 3_600_000.0);
        }
    }

    /**
     * @param first seed
     * @param count of seeds at most
     * @param goOn      asked before each seed
     * @param keepGoing whether a broken guarantee is counted and the search goes on
     */
    public SeedSearch(SimOptions options, long first, long count, BooleanSupplier goOn, boolean keepGoing) {
        this.options = options;
        this.next = new AtomicLong(first);
        this.end = first + count;
        this.goOn = goOn;
        this.keepGoing = keepGoing;
    }

    public Totals totals() {
        return totals;
    }

    /**
     * Searches until a guarantee is broken, the seeds are used up, or nobody wants to go on.
     *
     * @return the lowest seed that broke a guarantee; null if none did
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
        while (!stopped && goOn.getAsBoolean()) {
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

    /** The lowest seed of those that were found. */
    private synchronized void report(Found one) {
        totals.addBroken();
        stopped = !keepGoing;
        Found before = found;
        if (before == null || one.seed < before.seed) {
            found = one;
        }
    }
}
