package io.holdfast.examples.dtm;

/** What the coordinator answered to a request that changes something. */
public sealed interface CoordinatorAnswer {
    /** It is so, and durable. */
    record Done() implements CoordinatorAnswer {}

    /**
     * The state of the transaction does not allow it; asking again does not help.
     *
     * @param message the coordinator's words
     */
    record Refused(String message) implements CoordinatorAnswer {}

    /**
     * No usable answer: it may have happened or not. Asking again with the same id is safe.
     *
     * @param cause what was seen instead
     */
    record Unknown(String cause) implements CoordinatorAnswer {}
}
