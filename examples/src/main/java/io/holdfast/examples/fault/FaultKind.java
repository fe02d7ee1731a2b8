package io.holdfast.examples.fault;

import java.util.Locale;

/** The faults that the demo injects on purpose. */
public enum FaultKind {
    /** A participant takes effect, but its answer is cut off. */
    LOST_REPLY,
    /** A participant answers 500 and does nothing. */
    ERROR_BEFORE_EFFECT,
    /** A participant answers "ongoing" at first and does nothing yet. */
    ONGOING_FIRST,
    /** A participant takes effect only after its caller gave up waiting. */
    HANG,
    /** The same call reaches a participant twice at the same moment. */
    DUPLICATE_DELIVERY,
    /** A participant refuses a Saga action for a business reason. */
    BUSINESS_REJECT,
    /** A Try is held back in the network until after its Cancel. */
    LATE_TRY,
    /** The coordinator did what it was asked, but its answer never reaches the client. */
    LOST_COORDINATOR_REPLY;

    private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name in the report, for example {@code lost-reply}. */
    public String wireName() {
        return wireName;
    }
}
