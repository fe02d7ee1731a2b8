package io.holdfast.engine.lease;

import io.holdfast.core.Check;
import java.util.concurrent.TimeUnit;

/**
 * How long things take between a coordinator and its workers.
 *
 * @param leaseMillis how long a ping that was heard lets its worker begin calls, from when it was sent
 * @param pingMillis  between two pings of a worker
 * @param graceMillis what the worker's own timers get before a call is given up
 */
public record LeaseTerms(int leaseMillis, int pingMillis, int graceMillis) {

    /** What coordinators tell their workers. */
    public static final LeaseTerms USUAL = new LeaseTerms(4_000, 1_000, 500);

    public LeaseTerms {
        Check.that(pingMillis > 0 && leaseMillis > pingMillis && graceMillis >= 0, "terms of a lease: %s %s %s",
                leaseMillis, pingMillis, graceMillis);
    }

    /** A worker that is silent for so long gets no calls: it would only hand them back. */
    public long quietNanos() {
        return TimeUnit.MILLISECONDS.toNanos(leaseMillis) / 2;
    }

    /** A connection on which nothing is heard for so long is half-open. */
    public long silentNanos() {
        return TimeUnit.MILLISECONDS.toNanos(leaseMillis) * 2;
    }

    /**
     * How long after it was sent a call is given up: it is begun within a lease and ends within its time-out.
     *
     * @param timeoutMillis bound on the call itself
     */
    public long givenUpAfterNanos(int timeoutMillis) {
        return TimeUnit.MILLISECONDS.toNanos((long) leaseMillis + timeoutMillis + graceMillis);
    }
}
