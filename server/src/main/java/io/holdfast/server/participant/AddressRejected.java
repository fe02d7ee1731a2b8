package io.holdfast.server.participant;

import io.holdfast.api.ErrorCode;

/** The address of a participant is malformed or may not be called. The message names it and says what to do. */
public final class AddressRejected extends Exception {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    AddressRejected(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    static AddressRejected malformed(String url, String problem) {
        return new AddressRejected(ErrorCode.INVALID, "url \"" + CleanText.of(url, 200) + "\": " + problem);
    }

    static AddressRejected notAllowed(String host, String why) {
        return new AddressRejected(ErrorCode.ADDRESS_NOT_ALLOWED,
                "participants at " + host + " may not be called: " + why + "; start the server with --allow " + host
                        + " (or a CIDR block) to allow it");
    }

    /** {@link ErrorCode#INVALID} or {@link ErrorCode#ADDRESS_NOT_ALLOWED}. */
    public ErrorCode code() {
        return code;
    }
}
