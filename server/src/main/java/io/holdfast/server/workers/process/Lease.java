package io.holdfast.server.workers.process;

import java.util.concurrent.TimeUnit;

/**
 * Until when calls may be begun, on the clock of this process that never goes back. Immutable.
 *
 * @param fromNanos when the ping was sent that was heard
 * @param millis    how long it holds from then
 */
record Lease(long fromNanos, int millis) {

    /** Holds for nothing. */
    static final Lease NONE = new Lease(0, 0);

    boolean isValid(long nowNanos) {
        return millis > 0 && nowNanos - fromNanos < TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
