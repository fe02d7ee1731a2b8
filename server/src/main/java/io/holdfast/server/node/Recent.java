package io.holdfast.server.node;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Figures that take a while. Whoever looks at them never waits: a look asks for new ones when these are old, and the next look
 * sees them. Thread-safe.
 */
final class Recent<T> {

    private final long maxAgeNanos;
    private final Supplier<CompletableFuture<T>> source;
    private volatile @Nullable T last;
    private volatile long askedAtNanos;

    /** @param maxAgeNanos how long a look asks for no others */
    Recent(long maxAgeNanos, Supplier<CompletableFuture<T>> source) {
        this.maxAgeNanos = maxAgeNanos;
        this.source = source;
        this.askedAtNanos = System.nanoTime() - maxAgeNanos;
    }

    /** Asks for figures unless that was done just now. */
    void ask() {
        long now = System.nanoTime();
        if (now - askedAtNanos >= maxAgeNanos) {
            askedAtNanos = now;
            var unused = source.get().thenAccept(fresh -> last = fresh);
        }
    }

    /** Of the figures that came last; NaN before the first. */
    double get(ToDoubleFunction<T> figure) {
        ask();
        T known = last;
        return known == null ? Double.NaN : figure.applyAsDouble(known);
    }
}
