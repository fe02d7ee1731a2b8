package io.holdfast.engine.dispatch;

import io.holdfast.core.CallPolicy;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt. */
final class Backoff {

    /** Spread, so that calls that failed together do not come back together. */
    private static final double JITTER = 0.2;

    private Backoff() {
    }

    /** Capped exponential wait after {@code failures} failures, in nanoseconds, 20 % more or less. */
    static long afterFailureNanos(CallPolicy policy, int failures, RandomGenerator random) {
        long millis = policy.retryBaseMillis();
        for (int i = 1; i < failures && millis < policy.retryCapMillis(); i++) {
            millis *= 2;
        }
        return spread(Math.min(millis, policy.retryCapMillis()) * 1_000_000L, random);
    }

    static long spread(long nanos, RandomGenerator random) {
        return (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }
}
