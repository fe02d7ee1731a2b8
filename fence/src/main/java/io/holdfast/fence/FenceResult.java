package io.holdfast.fence;

/**
 * What became of one call of a branch operation, and what to answer over HTTP.
 * <p>
 * The bodies are constants without anything from the request, because coordinators search them for the words FAILURE and
 * ONGOING: a gid that contained one would turn a success into a failure.
 */
public enum FenceResult {
    /** The business ran now, and is final when the caller commits. */
    RAN(200, Body.SUCCESS),
    /** This operation ran before; its business was skipped. A success. */
    ALREADY_DONE(200, Body.SUCCESS),
    /**
     * Cancel or Compensate of a branch whose Try or Action never ran here. A success: the business was skipped, and the row
     * that now stands refuses a Try or Action that arrives late.
     */
    EMPTY(200, Body.SUCCESS),
    /**
     * Try or Action of a branch that was cancelled or compensated before. The business was skipped and the caller must learn
     * that it does not hold anything: never answer success.
     */
    REFUSED(409, "{\"dtm_result\":\"FAILURE\",\"message\":\"this branch was cancelled before\"}"),
    /**
     * Confirm of a branch whose Try did not run here. The coordinator's contract is broken, or this is the wrong database.
     * Nothing was run or remembered; the error makes the coordinator retry and, in the end, call a person.
     */
    NOT_TRIED(500, "{\"message\":\"confirm of a branch that was never tried here; nothing was run\"}"),
    /**
     * The opposite decision took effect before (Confirm after Cancel, Cancel after Confirm), or the branch belongs to the
     * other mode (Saga operation on a TCC branch). No correct coordinator asks for it. Nothing was run or changed.
     */
    CONFLICT(500,
            "{\"message\":\"this branch was decided the other way, or belongs to another mode; nothing was run\"}");

    private final int httpStatus;
    private final String body;

    FenceResult(int httpStatus, String body) {
        this.httpStatus = httpStatus;
        this.body = body;
    }

    /** The status to answer with: 200, 409 (a definite failure of Try or Action) or 500 (unknown to the coordinator: retried). */
    public int httpStatus() {
        return httpStatus;
    }

    /** The JSON body to answer with, on the native and on the dtm wire. */
    public String body() {
        return body;
    }

    /** Whether the caller may count on the effect of the operation: it ran, now or before, or there was nothing to undo. */
    public boolean isSuccess() {
        return httpStatus == 200;
    }

    private static final class Body {
        static final String SUCCESS = "{\"dtm_result\":\"SUCCESS\"}";
    }
}
