package io.holdfast.api;

import java.util.Locale;

/** Why a request was refused. The names are part of the interface: docs/errors.md lists them. */
public enum ErrorCode {
    /** A field is missing, malformed or out of its range. */
    INVALID(400),
    /** A participant's address is not on the coordinator's allow-list. */
    ADDRESS_NOT_ALLOWED(400),
    /** The mode is unknown, or this server does not run it. */
    UNKNOWN_MODE(400),
    /** The caller did not show a valid token. */
    UNAUTHENTICATED(401),
    /** The request came from a web page of another origin, or named a foreign host. */
    FORBIDDEN(403),
    /** No such transaction, or it was forgotten after its retention. */
    NOT_FOUND(404),
    /** The state of the transaction does not allow the request. */
    WRONG_STATE(409),
    /** The transaction was decided the other way; a decision never changes. */
    DECISION_CONFLICT(409),
    /** The gid is in use by a transaction of another mode. */
    MODE_CONFLICT(409),
    /** The gid is in use by a transaction with another business key. */
    BUSINESS_KEY_CONFLICT(409),
    /** The branch is registered already, with other contents. */
    BRANCH_CONFLICT(409),
    /** The request, a payload or the number of branches is over its bound. */
    TOO_LARGE(413),
    /** Over a bound of unfinished transactions, live bytes or log space: begin later. */
    OVERLOADED(429),
    /** The server is stopping. */
    DRAINING(503),
    /** No node of the group leads, or none is known to: nothing was done. */
    NO_LEADER(503),
    /** The outcome is unknown: ask again with the same id. */
    UNKNOWN_OUTCOME(504);

    private final int httpStatus;
    private final String wireName = name().toLowerCase(Locale.ROOT);

    ErrorCode(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    /** The HTTP status that goes with this code on the native API. */
    public int httpStatus() {
        return httpStatus;
    }

    /** The value of {@code code} in an error body, for example {@code wrong_state}. */
    public String wireName() {
        return wireName;
    }
}
