package io.holdfast.server.nativeapi;

import io.holdfast.api.ErrorCode;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import org.jspecify.annotations.Nullable;

/** A request is refused: with a code, what is wrong and, where it can be said, what is allowed. Changed nothing. */
public final class ApiProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN_CHARS = 100;

    private final ErrorCode code;
    private final String said;
    private final @Nullable String allowed;
    private final transient @Nullable Transaction transaction;

    /** @param transaction the state that stands in the way; null if none does */
    public ApiProblem(ErrorCode code, String message, @Nullable String allowed, @Nullable Transaction transaction) {
        super(message, null, false, false);
        this.code = code;
        this.said = message;
        this.allowed = allowed;
        this.transaction = transaction;
    }

    /** A field has a value that it must not have. */
    public static ApiProblem field(String name, String given, String allowed) {
        return new ApiProblem(ErrorCode.INVALID, "field " + name + " is " + given + "; allowed: " + allowed, allowed,
                null);
    }

    /** A field is over its bound. */
    public static ApiProblem tooLarge(String name, String given, String allowed) {
        return new ApiProblem(ErrorCode.TOO_LARGE, "field " + name + " has " + given + "; allowed: " + allowed, allowed,
                null);
    }

    static ApiProblem refused(Reply.Refused refused) {
        return new ApiProblem(refused.code(), refused.message(), null, refused.transaction());
    }

    static ApiProblem notFound(String gid) {
        return new ApiProblem(ErrorCode.NOT_FOUND, "no transaction with gid " + gid, null, null);
    }

    /** A text from outside in quotes, cut where it is long. */
    public static String shown(String text) {
        if (text.isEmpty()) {
            return "the empty string";
        }
        String clean = text.codePoints().limit(MAX_SHOWN_CHARS)
                .map(c -> Character.isISOControl(c) || c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        return "\"" + clean + (text.length() > MAX_SHOWN_CHARS ? "...\" of " + text.length() + " characters" : "\"");
    }

    public ErrorCode code() {
        return code;
    }

    /** What is wrong. */
    public String said() {
        return said;
    }

    public @Nullable String allowed() {
        return allowed;
    }

    public @Nullable Transaction transaction() {
        return transaction;
    }
}
