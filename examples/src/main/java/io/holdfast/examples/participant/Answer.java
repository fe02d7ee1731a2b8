package io.holdfast.examples.participant;

/** What a participant answers. */
sealed interface Answer {
    /**
     * Done, now or before.
     *
     * @param how what the fence did
     */
    record Success(String how) implements Answer {}

    /**
     * Definitely not done, and never will be.
     *
     * @param reason a code
     */
    record Failure(String reason) implements Answer {}

    /** Not done yet: ask again. */
    record Ongoing() implements Answer {}

    /**
     * Nobody knows.
     *
     * @param message for people
     */
    record Unknown(String message) implements Answer {}

    /** Nothing: the connection is cut. */
    record Cut() implements Answer {}
}
