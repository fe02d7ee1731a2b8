package io.holdfast.engine.lease;

import java.util.concurrent.TimeUnit;

/**
 * Until when a worker may begin calls, on the clock of its own process that never goes back. Immutable.
 *
 * @param fromNanos when the ping was sent that was heard
 * @param millis    how long it holds from then
 */
public record Lease(long fromNanos, int millis) {

    /** Holds for nothing. */
    public static final Lease NONE = new Lease(0, 0);

    /** Whether a call may begin at this time. */
    public boolean isValid(long nowNanos) {
        return millis > 0 && nowNanos - fromNanos < TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
