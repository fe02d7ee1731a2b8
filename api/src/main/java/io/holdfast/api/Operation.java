package io.holdfast.api;

import java.util.Locale;

/** What a participant is asked to do with one branch. */
public enum Operation {
    /** Puts a hold on a resource. Called by the application, never by the coordinator. */
    TRY,
    /** Makes the hold of {@link #TRY} final. */
    CONFIRM,
    /** Releases the hold of {@link #TRY}, also when that never ran. */
    CANCEL,
    /** A step of a Saga. */
    ACTION,
    /** Undoes {@link #ACTION}, also when that never ran. */
    COMPENSATE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value of the query parameter {@code op} and of the header {@code holdfast-op}, for example {@code confirm}. */
    public String wireName() {
        return wireName;
    }

    /** Whether this operation carries a decision forward; the others take it back. */
    public boolean isForward() {
        return this == CONFIRM || this == ACTION;
    }
}
