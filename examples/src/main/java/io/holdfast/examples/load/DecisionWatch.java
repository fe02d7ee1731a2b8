package io.holdfast.examples.load;

/** Is told of every order that a client hears to be confirmed, which is a durable decision. Implementations are thread-safe and do not block. */
@FunctionalInterface
public interface DecisionWatch {
    /** @param sentAtNanos when the order was sent for the first time, by {@link System#nanoTime()} */
    void decided(long sentAtNanos);
}
