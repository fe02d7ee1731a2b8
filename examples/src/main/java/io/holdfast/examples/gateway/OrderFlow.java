package io.holdfast.examples.gateway;

import io.holdfast.examples.participant.OrderTicket;

/** How an order is brought about. Implementations are thread-safe. */
@FunctionalInterface
interface OrderFlow {
    /** Goes as far as it can from whatever state the transaction is in, and says what came of it. */
    Outcome place(String gid, OrderTicket ticket) throws InterruptedException;
}
