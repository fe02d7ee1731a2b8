package io.holdfast.examples.journal;

/** What a client was told about its order. */
public enum Told {
    /** The order stands. */
    CONFIRMED,
    /** There is no order. */
    REJECTED,
    /** Nothing yet: it has to ask. */
    UNKNOWN
}
