package io.holdfast.core;

/**
 * How participants of one transaction are called. Resolved at ingress and written into the command, so that a later change
 * of defaults does not touch running transactions.
 *
 * @param requestTimeoutMillis bound on one call
 * @param retryBaseMillis      wait after the first unknown answer; doubles with each further one
 * @param retryCapMillis       upper bound of that wait
 * @param ongoingMillis        fixed wait after the answer "ongoing"
 * @param retryLimit           Saga only: failed attempts of actions before the Saga compensates; 0 for no limit
 */
public record CallPolicy(int requestTimeoutMillis, int retryBaseMillis, int retryCapMillis, int ongoingMillis,
        int retryLimit) {

    /** Defaults of the native wire. */
    public static final CallPolicy NATIVE = new CallPolicy(3_000, 1_000, 300_000, 2_000, 0);

    public CallPolicy {
        Check.that(requestTimeoutMillis > 0, "requestTimeoutMillis=%s", requestTimeoutMillis);
        Check.that(retryBaseMillis > 0, "retryBaseMillis=%s", retryBaseMillis);
        Check.that(retryCapMillis >= retryBaseMillis, "retryCapMillis=%s", retryCapMillis);
        Check.that(ongoingMillis > 0, "ongoingMillis=%s", ongoingMillis);
        Check.that(retryLimit >= 0, "retryLimit=%s", retryLimit);
    }
}
