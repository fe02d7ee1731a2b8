package io.holdfast.examples.load;

import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.participant.OrderTicket;

/**
 * One order that the client is going to place.
 *
 * @param gid    the client's own id for the transaction
 * @param isTcc  whether it is placed as TCC; otherwise as Saga
 * @param ticket what it asks for
 */
record PlannedOrder(String gid, boolean isTcc, OrderTicket ticket) {
    private static final int HALF_PERMILLE = 500;

    String requestId() {
        return ticket.requestId();
    }

    /**
     * Whether the pay service comes first, as for half of the orders. What comes last is never taken back by a refusal of the
     * other, so with one order alone half of the ways back would never be gone.
     */
    boolean paysFirst() {
        return SeededHash.permille(0, requestId(), "pays first") < HALF_PERMILLE;
    }
}
