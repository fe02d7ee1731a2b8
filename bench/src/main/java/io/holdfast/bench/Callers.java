package io.holdfast.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** A closed loop: so many virtual threads, each of which makes one call after the other. */
final class Callers {

    private static final long LONGEST_MICROS = 60_000_000L;

    /** One call: returns when its effect is durable. */
    interface Call {
        void make(int caller, long round) throws Exception;
    }

    /**
     * @param opsPerSecond   calls, times what each counts for
     * @param p50Micros      of one call
     * @param p99Micros      of one call
     * @param cpuMicrosPerOp processor time of the whole process, which says more than the rate on a machine that others use
     */
    record Measured(double opsPerSecond, double p50Micros, double p99Micros, double cpuMicrosPerOp) {}

    private Callers() {
    }

    /**
     * Warms up, then measures for a while.
     *
     * @param opsPerCall what each call counts for
     * @throws IllegalStateException if a call failed, with the first failure as its cause
     */
    static Measured run(int callers, int warmUpMillis, int millis, int opsPerCall, Call call)
            throws InterruptedException {
        long begin = System.nanoTime() + warmUpMillis * 1_000_000L;
        long end = begin + millis * 1_000_000L;
        List<Histogram> histograms = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(callers);
        for (int i = 0; i < callers; i++) {
            Histogram histogram = new Histogram(LONGEST_MICROS, 2);
            histograms.add(histogram);
            int caller = i;
            Thread.ofVirtual().start(() -> {
                try {
                    loop(caller, begin, end, histogram, call);
                } catch (Throwable failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                } finally {
                    done.countDown();
                }
            });
        }
        long cpuAtBegin = cpuNanosAt(begin);
        long cpu = cpuNanosAt(end) - cpuAtBegin;
        done.await();
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a caller failed", failures.getFirst());
        }
        Histogram all = new Histogram(LONGEST_MICROS, 2);
        histograms.forEach(all::add);
        double ops = all.getTotalCount() * (double) opsPerCall;
        return new Measured(ops * 1_000 / millis, all.getValueAtPercentile(50), all.getValueAtPercentile(99),
                cpu / 1_000.0 / ops);
    }

    private static long cpuNanosAt(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void loop(int caller, long begin, long end, Histogram histogram, Call call) throws Exception {
        for (long round = 0;; round++) {
            long start = System.nanoTime();
            if (start >= end) {
                return;
            }
            call.make(caller, round);
            long stop = System.nanoTime();
            if (start >= begin && stop <= end) {
                histogram.recordValue(Math.min(LONGEST_MICROS, (stop - start) / 1_000));
            }
        }
    }
}
