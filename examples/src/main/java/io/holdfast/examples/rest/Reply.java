package io.holdfast.examples.rest;

import org.jspecify.annotations.Nullable;

/** What the coordinator answered about one transaction. */
public sealed interface Reply {
    /**
     * It is so, and durable.
     *
     * @param state      the coordinator's word, for example {@code CONFIRMING}
     * @param reason     why it was taken back, or empty
     * @param isFinished whether nothing is owed any more
     */
    record State(String state, String reason, boolean isFinished) implements Reply {
        /** Whether the order stands, now and for ever. */
        public boolean isConfirmed() {
            return state.equals("CONFIRMING") || state.equals("CONFIRMED");
        }

        /** Whether there is no order, nor ever will be. */
        public boolean isTakenBack() {
            return state.equals("CANCELLING") || state.equals("COMPENSATING") || state.equals("CANCELLED");
        }
    }

    /** The coordinator has never heard of it. */
    record Missing() implements Reply {}

    /**
     * Refused, and asking again does not help.
     *
     * @param code    the coordinator's code
     * @param message its words
     * @param state   the state that stands in the way, if there is one
     */
    record Refused(String code, String message, @Nullable State state) implements Reply {}

    /**
     * No usable answer: it may have happened or not. Asking again with the same id is safe.
     *
     * @param cause what was seen instead
     */
    record Unknown(String cause) implements Reply {}
}
