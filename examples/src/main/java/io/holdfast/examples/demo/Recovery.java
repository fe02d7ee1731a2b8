package io.holdfast.examples.demo;

import io.holdfast.examples.load.DecisionWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Measures from each kill to the first durable decision after it. Thread-safe. */
final class Recovery implements DecisionWatch {
    private final List<Long> recoveriesMillis = new ArrayList<>();
    private long killedAtNanos;
    private long goneAtNanos;
    private boolean isDown;

    /**
     * The coordinator has been killed.
     *
     * @param atNanos     when the signal was sent, by {@link System#nanoTime()}
     * @param goneAtNanos when its process had ended
     */
    synchronized void killed(long atNanos, long goneAtNanos) {
        killedAtNanos = atNanos;
        this.goneAtNanos = goneAtNanos;
        isDown = true;
    }

    @Override
    public synchronized void decided(long sentAtNanos) {
        // What was sent before the process was gone may have been answered by the old one.
        if (isDown && sentAtNanos - goneAtNanos >= 0) {
            recoveriesMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedAtNanos));
            isDown = false;
        }
    }

    synchronized boolean isDown() {
        return isDown;
    }

    synchronized List<Long> recoveriesMillis() {
        return List.copyOf(recoveriesMillis);
    }
}
