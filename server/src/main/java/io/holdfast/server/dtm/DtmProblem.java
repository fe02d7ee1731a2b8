package io.holdfast.server.dtm;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.participant.CleanText;
import org.jspecify.annotations.Nullable;

/** A request that is refused before anything is stored. The message says what is wrong, where, and what is allowed. */
final class DtmProblem extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN_CHARS = 80;

    private final ErrorCode code;
    private final @Nullable String allowed;

    DtmProblem(ErrorCode code, String message, @Nullable String allowed) {
        super(message, null, false, false);
        this.code = code;
        this.allowed = allowed;
    }

    static DtmProblem field(String name, String value, String allowed) {
        return new DtmProblem(ErrorCode.INVALID, "field " + name + ": " + CleanText.of(value, MAX_SHOWN_CHARS)
                + " is not allowed; allowed: " + allowed, allowed);
    }

    AggregatedHttpResponse answer() {
        return Answers.error(code, getMessage() + "", allowed);
    }
}
