package io.holdfast.server.workers.scaling;

import java.time.Duration;

/**
 * When there are too few workers, and when too many.
 *
 * @param least           there are never fewer
 * @param most            there are never more
 * @param busyCalls       with more calls waiting on average over {@code busyFor} there are too few
 * @param busyFor         how long
 * @param busyCpu         with a higher load of the processors all through {@code busyCpuFor} there are too few
 * @param busyCpuFor      how long
 * @param idleCalls       with fewer calls waiting on average over {@code idleFor} there may be too many
 * @param idleFor         how long
 * @param idleCpu         ... if the load of the processors was lower all through {@code idleCpuFor}
 * @param idleCpuFor      how long
 * @param firstHold       how long nobody is sent away after somebody was called
 * @param longestHold     it doubles up to this when somebody has to be called soon after somebody was sent away
 */
public record ScalingBounds(int least, int most, double busyCalls, Duration busyFor, double busyCpu,
        Duration busyCpuFor, double idleCalls, Duration idleFor, double idleCpu, Duration idleCpuFor,
        Duration firstHold, Duration longestHold) {

    public ScalingBounds {
        if (least < 0 || most < least) {
            throw new IllegalArgumentException("workers: at least " + least + ", at most " + most);
        }
    }

    /** The usual ones. */
    public static ScalingBounds between(int least, int most) {
        return new ScalingBounds(least, most, 50, Duration.ofSeconds(10), 0.8, Duration.ofSeconds(60), 10,
                Duration.ofSeconds(30), 0.3, Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(16));
    }
}
