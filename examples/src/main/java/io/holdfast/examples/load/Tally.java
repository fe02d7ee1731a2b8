package io.holdfast.examples.load;

import io.holdfast.examples.gateway.OrderMode;
import io.holdfast.examples.journal.Told;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts and latencies of a running load, for the progress line and the report. Thread-safe. */
public final class Tally {
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);
    private static final int DIGITS = 3;

    private final AtomicInteger placed = new AtomicInteger();
    private final AtomicInteger confirmed = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final Histogram tccMicros = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
    private final Histogram sagaMicros = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);

    void placed() {
        placed.incrementAndGet();
    }

    void told(OrderMode mode, Told told, long latencyNanos) {
        counter(told).incrementAndGet();
        long micros = Math.clamp(TimeUnit.NANOSECONDS.toMicros(latencyNanos), 0, LONGEST_MICROS);
        (mode == OrderMode.TCC ? tccMicros : sagaMicros).recordValue(micros);
    }

    /** A client that knew nothing has found out. */
    void resolved(Told told) {
        counter(told).incrementAndGet();
        unknown.decrementAndGet();
    }

    public int placedCount() {
        return placed.get();
    }

    public int confirmedCount() {
        return confirmed.get();
    }

    public int rejectedCount() {
        return rejected.get();
    }

    /** How many clients know nothing at this moment. */
    public int unknownCount() {
        return unknown.get();
    }

    /** How many orders are under way: placed, and the client has been told nothing yet. */
    public int unfinishedCount() {
        return placed.get() - confirmed.get() - rejected.get() - unknown.get();
    }

    private AtomicInteger counter(Told told) {
        return switch (told) {
            case CONFIRMED -> confirmed;
            case REJECTED -> rejected;
            case UNKNOWN -> unknown;
        };
    }

    /** Latencies in microseconds, from when the order was due to when the client was told. */
    public Histogram latencyMicros(boolean tcc) {
        return tcc ? tccMicros : sagaMicros;
    }
}
