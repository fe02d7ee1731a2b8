package io.holdfast.examples.gateway;

/** What came of a Try. */
sealed interface TryAnswer {
    /** The hold is there. */
    record Held() implements TryAnswer {}

    /**
     * There is no hold and there will be none.
     *
     * @param reason the participant's code
     */
    record Rejected(String reason) implements TryAnswer {}

    /** No usable answer to any attempt. */
    record Unknown() implements TryAnswer {}
}
