package io.holdfast.engine;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
     * Sleeps until rung, at most {@code nanos}; may return early. Only ever one thread.
     *
     * @param nothingToDo asked once more after the sleeper is announced
     */
    public void sleep(long nanos, BooleanSupplier nothingToDo) {
        sleeper = Thread.currentThread();
        asleep = true;
        if (nothingToDo.getAsBoolean()) {
            LockSupport.parkNanos(this, nanos);
        }
        asleep = false;
    }
}
