package io.holdfast.examples.load;

import io.holdfast.examples.journal.Told;

/** What the gateway answered, or did not. */
sealed interface Answer {
    /**
     * The outcome, for good.
     *
     * @param told   {@link Told#CONFIRMED} or {@link Told#REJECTED}
     * @param reason why not, else empty
     */
    record Known(Told told, String reason) implements Answer {}

    /**
     * Nothing was done of what was sent this time: the gateway has no room, or was not reached.
     *
     * @param reason which of the two
     */
    record NotTaken(String reason) implements Answer {}

    /** Asked about a request, the gateway and the coordinator have never heard of it. */
    record Missing() implements Answer {}

    /**
     * Anything may have happened, or may still happen.
     *
     * @param reason what was seen instead
     */
    record Unknown(String reason) implements Answer {}
}
