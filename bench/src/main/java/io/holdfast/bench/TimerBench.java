package io.holdfast.bench;

import io.holdfast.bench.child.ChildMain;
import io.holdfast.bench.child.Timers;
import io.holdfast.bench.measure.BenchResult;
import io.holdfast.bench.measure.Conditions;
import io.holdfast.bench.measure.Figure;
import io.holdfast.bench.measure.Goal;
import io.holdfast.bench.process.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Very many open transactions whose deadlines pass one after the other. Two lines: how late each ends, beside how late this machine
 * wakes a thread; and what the threads of the engine take of one core while deadlines pass, beside what they take while callers
 * cancel transactions at the same rate. The difference is what timers cost.
 */
final class TimerBench implements Benchmark {

    private static final double MOST_LATE_MILLIS = 1_000;
    private static final double MOST_PERCENT = 5;
    private static final int WAKE_UPS = 500;
    private static final long WAKE_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** So that the deadlines of a million pass at 16,667 a second. */
    private static final int TRANSACTIONS_PER_WINDOW_SECOND = 16_667;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final double MICROS_PER_MILLI = 1_000;

    @Override
    public String name() {
        return "timer";
    }

    @Override
    public String description() {
        return "lateness and processor share of the deadlines of very many open transactions";
    }

    @Override
    public List<BenchResult> run(Run run) throws Exception {
        Conditions conditions = Conditions.begin(run.workplace().path());
        Path directory = run.workplace().newDirectory("timer");
        int transactions = run.transactions();
        int windowSeconds = Math.max(2, transactions / TRANSACTIONS_PER_WINDOW_SECOND);
        double wakeUpMillis = wakeUpP99Micros() / MICROS_PER_MILLI;
        long seed = ThreadLocalRandom.current().nextInt();
        try (ChildJvm child = run.child(ChildMain.TIMERS, directory.toString(), Integer.toString(transactions),
                Integer.toString(windowSeconds * 1_000), Long.toString(seed))) {
            Timers.Told told = child.answer(LIMIT, Timers.Told.class);
            if (told.early() > 0) {
                throw new IllegalStateException(told.early() + " transactions ended before their deadline");
            }
            String load = String.format(Locale.ROOT, "%,d open transactions, deadlines over %d s", transactions,
                    windowSeconds);
            Conditions ended = conditions.ended();
            return List.of(lateness(told, wakeUpMillis, load, ended).with("seed", seed),
                    share(told, load, ended).with("window_s", windowSeconds));
        } finally {
            run.workplace().discard(directory);
        }
    }

    private BenchResult lateness(Timers.Told told, double wakeUpMillis, String load, Conditions conditions) {
        return BenchResult.ofFigures(name(),
                new Figure(wakeUpMillis, "ms", "lateness of a thread that parks for a millisecond, p99"),
                new Figure(told.p99Millis(), "ms",
                        load + ": from a deadline until the end is durable and archived, p99"),
                Goal.under("the latest", MOST_LATE_MILLIS, "ms", told.maxMillis()), conditions)
                .with("p50_us", told.p50Millis() * MICROS_PER_MILLI)
                .with("p99_us", told.p99Millis() * MICROS_PER_MILLI)
                .with("max_us", told.maxMillis() * MICROS_PER_MILLI);
    }

    private static BenchResult share(Timers.Told told, String load, Conditions conditions) {
        double busy = told.busyPercent().values().stream().mapToDouble(Double::doubleValue).sum();
        BenchResult result = BenchResult.ofFigures("timer-cpu",
                new Figure(told.cancelPercent(), "%",
                        "of one core by the engine's threads while callers cancel as many a second"),
                new Figure(busy, "%", load + ": of one core by the engine's threads while the deadlines pass"),
                Goal.under("above the floor", MOST_PERCENT, "%", busy - told.cancelPercent()), conditions)
                .with("percent_with_all_open_and_none_due", told.idlePercent());
        for (Map.Entry<String, Double> thread : told.busyPercent().entrySet()) {
            result = result.with("percent_" + thread.getKey(), thread.getValue());
        }
        return result;
    }

    private static double wakeUpP99Micros() {
        Histogram lateMicros = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        for (int i = 0; i < WAKE_UPS; i++) {
            long due = System.nanoTime() + WAKE_UP_NANOS;
            LockSupport.parkNanos(WAKE_UP_NANOS);
            lateMicros.recordValue(Math.max(0, (System.nanoTime() - due) / 1_000));
        }
        return lateMicros.getValueAtPercentile(99);
    }
}
