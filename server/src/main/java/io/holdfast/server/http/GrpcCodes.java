package io.holdfast.server.http;

import io.grpc.Status;
import io.holdfast.api.ErrorCode;

/** Which status of gRPC goes with an error code. The table in docs/api.md says the same; a test compares the two. */
public final class GrpcCodes {

    private GrpcCodes() {
    }

    /** The status of an error of a command. */
    public static Status.Code of(ErrorCode code) {
        return switch (code) {
            case INVALID, ADDRESS_NOT_ALLOWED, UNKNOWN_MODE, TOO_LARGE -> Status.Code.INVALID_ARGUMENT;
            case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
            case FORBIDDEN -> Status.Code.PERMISSION_DENIED;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case WRONG_STATE, DECISION_CONFLICT -> Status.Code.FAILED_PRECONDITION;
            case MODE_CONFLICT, BUSINESS_KEY_CONFLICT, BRANCH_CONFLICT -> Status.Code.ALREADY_EXISTS;
            case OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
            case DRAINING, NO_LEADER -> Status.Code.UNAVAILABLE;
            // It may have been done, which is what this status says in gRPC.
            case UNKNOWN_OUTCOME -> Status.Code.DEADLINE_EXCEEDED;
        };
    }

    /** The same for any code that an error body may have, also those that no command leads to. */
    static Status.Code of(String wireName) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.wireName().equals(wireName)) {
                return of(code);
            }
        }
        return wireName.equals("starting") ? Status.Code.UNAVAILABLE : Status.Code.INTERNAL;
    }
}
