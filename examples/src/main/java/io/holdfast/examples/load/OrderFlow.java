package io.holdfast.examples.load;

/** How a client places an order. Implementations are thread-safe. */
@FunctionalInterface
interface OrderFlow {
    /** Places the order and waits until there is something to tell. */
    Outcome place(PlannedOrder order) throws InterruptedException;
}
