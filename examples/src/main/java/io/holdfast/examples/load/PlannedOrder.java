package io.holdfast.examples.load;

import io.holdfast.examples.participant.OrderTicket;

/**
 * One order that the client is going to place.
 *
 * @param gid    the client's own id for the transaction
 * @param isTcc  whether it is placed as TCC; otherwise as Saga
 * @param ticket what it asks for
 */
record PlannedOrder(String gid, boolean isTcc, OrderTicket ticket) {
    String requestId() {
        return ticket.requestId();
    }
}
