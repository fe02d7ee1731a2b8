package io.holdfast.server.cluster;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a read that gets nothing for too long: who only receives is never told that the other side is gone. What the reader does
 * between two reads does not count. For the thread that makes it.
 */
final class StallGuard extends FilterInputStream {

    private static final long NOT_READING = 0;
    private static final int LOOKS = 4;

    private final Thread reader = Thread.currentThread();
    private final ScheduledExecutorService timer;
    private final long mostNanos;
    private long readingSinceNanos = NOT_READING;
    private boolean isStalled;

    /** @param mostMillis that one read may take */
    StallGuard(InputStream from, long mostMillis) {
        super(from);
        mostNanos = TimeUnit.MILLISECONDS.toNanos(mostMillis);
        timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("holdfast-stall-guard").factory());
        long period = Math.max(1, mostMillis / LOOKS);
        var unused = timer.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    private synchronized void look() {
        if (readingSinceNanos != NOT_READING && System.nanoTime() - readingSinceNanos > mostNanos) {
            isStalled = true;
            reader.interrupt();
        }
    }

    private synchronized void begin() {
        readingSinceNanos = System.nanoTime() | 1;
    }

    private synchronized void end() throws IOException {
        readingSinceNanos = NOT_READING;
        if (isStalled) {
            // It was ours, and is not to stop anything else.
            Thread.interrupted();
            throw new IOException("nothing has come for " + TimeUnit.NANOSECONDS.toMillis(mostNanos) + " ms");
        }
    }

    @Override
    public int read() throws IOException {
        begin();
        try {
            return super.read();
        } finally {
            end();
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        begin();
        try {
            return super.read(bytes, offset, length);
        } finally {
            end();
        }
    }

    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        super.close();
    }
}
