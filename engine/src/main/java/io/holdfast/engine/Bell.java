package io.holdfast.engine;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Wakes one thread. Ringing is cheap while nobody sleeps. No ring is lost: the sleeper announces itself before it looks for work
 * a last time.
 */
public final class Bell {

    private volatile boolean asleep;
    private volatile @Nullable Thread sleeper;

    /** Wakes the sleeper, if there is one. Any thread. */
    public void ring() {
        // What was put into a queue must be visible before the look at the sleeper: queues publish with weaker stores, which
        // may pass a later read, and then both sides would believe that the other one acts.
        VarHandle.fullFence();
        if (asleep) {
            asleep = false;
            LockSupport.unpark(sleeper);
        }
    }

    /**
     * Sleeps until rung, at most as long as {@code idleNanos} says; may return early. Only ever one thread.
     *
     * @param idleNanos asked after the sleeper is announced: whoever changes the answer from then on rings, and a change before
     *                  that, for which nobody may have rung, is in it
     */
    public void sleep(LongSupplier idleNanos) {
        sleeper = Thread.currentThread();
        asleep = true;
        long nanos = idleNanos.getAsLong();
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        asleep = false;
    }
}
