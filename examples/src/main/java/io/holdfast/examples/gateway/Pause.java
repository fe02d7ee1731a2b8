package io.holdfast.examples.gateway;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Ever longer pauses between attempts, up to a limit of time. For one thread. */
public final class Pause {
    /** Up to a fifth shorter or longer, so that clients who failed together do not come back together. */
    private static final long JITTER_PART = 5;

    private final long giveUpAtNanos;
    private final long longestMillis;
    private long nextMillis;

    /**
     * @param firstMillis   the first pause; each one doubles
     * @param longestMillis where doubling ends
     * @param totalSeconds  how long to go on
     */
    public Pause(long firstMillis, long longestMillis, long totalSeconds) {
        this.nextMillis = firstMillis;
        this.longestMillis = longestMillis;
        this.giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(totalSeconds);
    }

    /** Pauses, unless time is up. Answers whether to go on. */
    public boolean goOn() throws InterruptedException {
        if (System.nanoTime() - giveUpAtNanos >= 0) {
            return false;
        }
        Thread.sleep(ThreadLocalRandom.current().nextLong(nextMillis - nextMillis / JITTER_PART,
                nextMillis + nextMillis / JITTER_PART + 1));
        nextMillis = Math.min(2 * nextMillis, longestMillis);
        return true;
    }
}
