package io.holdfast.engine;

import io.holdfast.api.State;
import io.holdfast.core.Check;

/**
 * How long the archive keeps finished transactions, by outcome, in milliseconds of wall time; 0 means for ever. What the core
 * still keeps for duplicates stays in any case, and so does everything unfinished (guarantee G4).
 */
public record Retention(long confirmedMillis, long cancelledMillis, long settledMillis) {

    private static final long DAY = 24 * 60 * 60 * 1_000L;

    /** A day for what went well, a week for what was taken back, a quarter of a year for what a person had to settle. */
    public static final Retention DEFAULT = new Retention(DAY, 7 * DAY, 90 * DAY);

    public Retention {
        Check.that(confirmedMillis >= 0 && cancelledMillis >= 0 && settledMillis >= 0,
                "retention must not be negative: %s %s %s", confirmedMillis, cancelledMillis, settledMillis);
    }

    long of(State outcome) {
        return switch (outcome) {
            case CONFIRMED -> confirmedMillis;
            case CANCELLED -> cancelledMillis;
            case SETTLED_BY_HAND -> settledMillis;
            case TRYING, CONFIRMING, CANCELLING, RUNNING, COMPENSATING ->
                throw new IllegalArgumentException(outcome + " is not an outcome");
        };
    }
}
