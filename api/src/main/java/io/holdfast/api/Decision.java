package io.holdfast.api;

/** The one outcome of a global transaction. Once durable it never changes (guarantee G2). */
public enum Decision {
    /** Every branch gets its Confirm. */
    CONFIRM,
    /** Every branch gets its Cancel, or its compensation. */
    CANCEL
}
