package io.holdfast.tests.faults;

import io.holdfast.api.State;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and what came back, if anything did. Immutable.
 *
 * @param who        unique to the client
 * @param number     of the request, unique to the client
 * @param operation  what was asked
 * @param gid        of what
 * @param node       that was asked
 * @param askedNanos monotonic time just before it was sent
 * @param answer     null if nothing is known of it
 */
record Asked(String who, int number, Operation operation, String gid, int node, long askedNanos,
        @Nullable Answer answer) {

    /** What clients ask for. */
    enum Operation {
        BEGIN_TCC, BEGIN_SAGA, REGISTER, CONFIRM, CANCEL, QUERY
    }

    /**
     * What came back.
     *
     * @param nanos   monotonic time just after it came
     * @param status  of HTTP; 0 if the connection broke or the time was up
     * @param code    of an error; "" for none
     * @param state   of the transaction; null if none was named
     * @param changed whether this request did it, as the server says
     */
    record Answer(long nanos, int status, String code, @Nullable State state, boolean changed) {}

    Asked answered(Answer what) {
        return new Asked(who, number, operation, gid, node, askedNanos, what);
    }
}
