package io.holdfast.engine;

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
