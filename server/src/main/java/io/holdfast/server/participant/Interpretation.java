package io.holdfast.server.participant;

import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;

/**
 * What an answer means. The order is dtm's and part of the interface: 425 or the word ONGOING, then 409 or the word FAILURE,
 * then everything but 200 is no answer at all, 201 and 204 included.
 */
final class Interpretation {

    /** Enough to recognise an error page by; it becomes state. */
    static final int MAX_DETAIL_CHARS = 512;

    private Interpretation() {
    }

    static Result of(int status, String body, boolean alreadyDone) {
        if (status == 425 || body.contains("ONGOING")) {
            return new Result.Ongoing(detail(status, body));
        }
        if (status == 409 || body.contains("FAILURE")) {
            return new Result.Failure(detail(status, body));
        }
        if (status != 200) {
            return new Result.Unknown(Trouble.UNEXPECTED_ANSWER, detail(status, body));
        }
        return new Result.Success(alreadyDone);
    }

    private static String detail(int status, String body) {
        return CleanText.of(body.isBlank() ? "status " + status : "status " + status + ": " + body.strip(),
                MAX_DETAIL_CHARS);
    }
}
