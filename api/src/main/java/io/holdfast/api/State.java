package io.holdfast.api;

/** The state of a global transaction. {@code docs/states.md} shows every transition between them. */
public enum State {
    /** TCC: branches are being registered and tried; nothing is decided. */
    TRYING,
    /** TCC: decided; Confirm is owed to at least one branch. */
    CONFIRMING,
    /** TCC: decided; Cancel is owed to at least one branch. */
    CANCELLING,
    /** Saga: actions are running. */
    RUNNING,
    /** Saga: decided; at least one compensation is owed. */
    COMPENSATING,
    /** Finished: everything took effect. */
    CONFIRMED,
    /** Finished: everything was taken back. */
    CANCELLED,
    /** Finished: an operator, with a reason, told the coordinator to stop calling. */
    SETTLED_BY_HAND;

    /** Whether nothing is owed any more and nothing can change. */
    public boolean isFinished() {
        return this == CONFIRMED || this == CANCELLED || this == SETTLED_BY_HAND;
    }

    /** Whether the outcome may still go either way. */
    public boolean isUndecided() {
        return this == TRYING || this == RUNNING;
    }
}
