package io.holdfast.tests.faults;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Measures for how long at most nobody got an answer. Thread-safe. */
final class GapMeter implements AutoCloseable {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LongSupplier answers;
    private final Thread thread;
    private long last;
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private volatile boolean ended;

    /** Starts. {@code answers} counts all that clients got so far. */
    GapMeter(LongSupplier answers) {
        this.answers = answers;
        thread = Thread.ofPlatform().daemon().start(() -> {
            while (!ended) {
                look();
                LockSupport.parkNanos(POLL_NANOS);
            }
        });
    }

    private synchronized void look() {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - lastNanos);
        long count = answers.getAsLong();
        if (count != last) {
            last = count;
            lastNanos = now;
        }
    }

    /** The longest gap since the last call, in milliseconds; one that has begun counts with what it has so far. */
    synchronized long longestMillis() {
        look();
        long millis = TimeUnit.NANOSECONDS.toMillis(longestNanos);
        longestNanos = 0;
        return millis;
    }

    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
    }
}
