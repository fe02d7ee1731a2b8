package io.holdfast.engine.dispatch;

import io.holdfast.core.Check;

/**
 * Bounds of the dispatcher.
 *
 * @param maxInFlight          calls under way, over all targets
 * @param maxInFlightPerTarget calls under way to one target (host and port)
 * @param rampStart            calls under way to a target that nothing is known of yet; one more with each answer
 * @param rampAfterOutage      the same for a target that has just come back
 * @param floorPerTarget       time-outs never lower the limit of a target below this
 * @param breakerFailures      failures to connect in a row that open the breaker of a target
 * @param probeMinMillis       first wait before an open breaker lets one call through; doubles with each failed one
 * @param probeMaxMillis       upper bound of that wait
 * @param attentionAttempts    failed attempts of one call that ask for attention
 * @param errorNoteMillis      the error class of one branch is logged at most once in this time
 */
public record DispatchOptions(int maxInFlight, int maxInFlightPerTarget, int rampStart, int rampAfterOutage,
        int floorPerTarget, int breakerFailures, int probeMinMillis, int probeMaxMillis, int attentionAttempts,
        int errorNoteMillis) {

    public static final DispatchOptions DEFAULT = new DispatchOptions(4_096, 256, 64, 4, 32, 5, 500, 15_000, 10,
            60_000);

    public DispatchOptions {
        Check.that(maxInFlight > 0 && maxInFlightPerTarget > 0, "in-flight bounds must be positive: %s %s", maxInFlight,
                maxInFlightPerTarget);
        Check.that(rampStart > 0 && rampAfterOutage > 0 && floorPerTarget > 0, "ramps must be positive: %s %s %s",
                rampStart,
                rampAfterOutage, floorPerTarget);
        Check.that(breakerFailures > 0 && probeMinMillis > 0 && probeMaxMillis >= probeMinMillis,
                "breaker settings: %s %s %s", breakerFailures, probeMinMillis, probeMaxMillis);
        Check.that(attentionAttempts > 0 && errorNoteMillis >= 0, "attention settings: %s %s", attentionAttempts,
                errorNoteMillis);
    }
}
