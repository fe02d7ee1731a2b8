package io.holdfast.examples.load;

/** Is told of every durable decision that a client hears of. Implementations are thread-safe and do not block. */
@FunctionalInterface
public interface DecisionWatch {
    /** @param sentAtNanos when the order was sent that this answers, by {@link System#nanoTime()} */
    void decided(long sentAtNanos);
}
