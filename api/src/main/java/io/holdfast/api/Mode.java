package io.holdfast.api;

/** The protocol of a global transaction, fixed when it begins. */
public enum Mode {
    /** Try, Confirm, Cancel: the caller tries, the coordinator confirms or cancels. */
    TCC,
    /** A chain or graph of actions run by the coordinator, each with a compensation. */
    SAGA
}
