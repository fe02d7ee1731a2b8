package io.holdfast.engine;

import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves. It does not begin at 0, and is about to overflow, as the real one may be. */
public final class FakeClock implements Clock {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 3_000_000_000L);
    private final AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long wallMillis() {
        return wallMillis.get();
    }

    public void advanceMillis(long millis) {
        advanceNanos(millis * 1_000_000);
    }

    public void advanceNanos(long by) {
        nanos.addAndGet(by);
        wallMillis.addAndGet(by / 1_000_000);
    }
}
