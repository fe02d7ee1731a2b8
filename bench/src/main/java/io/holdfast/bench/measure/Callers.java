package io.holdfast.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** A closed loop: so many virtual threads, each of which makes one call after the other. */
public final class Callers {

    private static final long LONGEST_MICROS = 60_000_000L;

    /** One call: returns when it is answered, so when its effect is durable. */
    public interface Call {
        void make(int caller, long round) throws Exception;
    }

    /**
     * How long, and how to count.
     *
     * @param callers      side by side
     * @param warmUpMillis calls that begin before it is over do not count
     * @param millis       to measure for
     */
    public record Plan(int callers, int warmUpMillis, int millis) {}

    private Callers() {
    }

    /**
     * Warms up, then measures for a while.
     *
     * @throws IllegalStateException if a call failed, with the first failure as its cause
     */
    public static Measured run(Plan plan, CpuTime cpu, Call call) throws InterruptedException, IOException {
        long begin = System.nanoTime() + plan.warmUpMillis * 1_000_000L;
        long end = begin + plan.millis * 1_000_000L;
        List<Histogram> histograms = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(plan.callers);
        for (int i = 0; i < plan.callers; i++) {
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
        parkUntil(begin);
        long cpuBefore = cpu.nanos();
        parkUntil(end);
        long cpuNanos = cpu.nanos() - cpuBefore;
        done.await();
        synchronized (failures) {
            if (!failures.isEmpty()) {
                Throwable first = failures.getFirst();
                throw new IllegalStateException("a caller failed: " + first.getMessage(), first);
            }
        }
        return measured(plan, histograms, cpuNanos);
    }

    private static Measured measured(Plan plan, List<Histogram> histograms, long cpuNanos) {
        Histogram all = new Histogram(LONGEST_MICROS, 2);
        histograms.forEach(all::add);
        long calls = all.getTotalCount();
        return new Measured(calls * 1_000.0 / plan.millis, all.getValueAtPercentile(50), all.getValueAtPercentile(99),
                all.getValueAtPercentile(99.9), cpuNanos / 1_000.0 / Math.max(1, calls));
    }

    private static void parkUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
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
