package io.holdfast.simulator.history;

import io.holdfast.api.State;

/**
 * Where one gid is, as far as its clients can tell. A gid moves down this list, never up; from a decision on, it keeps to one
 * side.
 */
public enum GidState {
    /** Not known. */
    ABSENT,
    /** Begun and undecided: TRYING or RUNNING. */
    OPEN,
    /** Decided confirm, unfinished. A Saga is never seen here: it runs, and then it is confirmed. */
    CONFIRMING,
    /** Decided cancel, unfinished: CANCELLING or COMPENSATING. */
    CANCELLING,
    /** Finished. */
    CONFIRMED,
    /** Finished. */
    CANCELLED,
    /** Finished by an operator, from any of the unfinished ones. */
    SETTLED_BY_HAND;

    /** The state of a transaction that is known. */
    public static GidState of(State state) {
        return switch (state) {
            case TRYING, RUNNING -> OPEN;
            case CONFIRMING -> CONFIRMING;
            case CANCELLING, COMPENSATING -> CANCELLING;
            case CONFIRMED -> CONFIRMED;
            case CANCELLED -> CANCELLED;
            case SETTLED_BY_HAND -> SETTLED_BY_HAND;
        };
    }
}
