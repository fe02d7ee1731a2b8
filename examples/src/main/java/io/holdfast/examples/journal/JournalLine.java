package io.holdfast.examples.journal;

import io.holdfast.examples.participant.OrderTicket;
import org.jspecify.annotations.Nullable;

/**
 * One line of the client's journal. For each request there is one line when it was placed, one when the client was told
 * something, and, if that was {@link Told#UNKNOWN}, one more when it had found out.
 *
 * @param event     what happened
 * @param requestId the client's own name for the request
 * @param told      what the client knows now; {@link Told#UNKNOWN} when just placed
 * @param reason    why it was rejected or is unknown, else empty
 * @param asked     what the client asked for and at which price, when just placed; else null
 * @param atMillis  wall-clock time in milliseconds since the epoch, for people
 */
public record JournalLine(Event event, String requestId, Told told, String reason,
        @Nullable OrderTicket asked, long atMillis) {
    /** What a line records. */
    public enum Event {
        /** The request is about to be sent. */
        PLACED,
        /** The client was told something. */
        TOLD,
        /** The client found out by asking. */
        RESOLVED
    }
}
