package io.holdfast.examples.fault;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often each fault was chosen and how often it really struck. Thread-safe.
 *
 * <p>The two differ: a reply can only be lost if there was an effect to answer for, and a late Try is late only if the
 * Cancel came first.
 */
public final class FaultCounts {
    /**
     * @param injected how often the plan chose the fault
     * @param hits     how often it took place in full
     */
    public record Count(long injected, long hits) {
        public Count plus(Count other) {
            return new Count(injected + other.injected, hits + other.hits);
        }
    }

    private final Map<FaultKind, LongAdder> injected = adders();
    private final Map<FaultKind, LongAdder> hits = adders();

    public void injected(FaultKind kind) {
        adder(injected, kind).increment();
    }

    public void hit(FaultKind kind) {
        adder(hits, kind).increment();
    }

    public Count of(FaultKind kind) {
        return new Count(adder(injected, kind).sum(), adder(hits, kind).sum());
    }

    private static Map<FaultKind, LongAdder> adders() {
        Map<FaultKind, LongAdder> adders = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            adders.put(kind, new LongAdder());
        }
        return adders;
    }

    private static LongAdder adder(Map<FaultKind, LongAdder> adders, FaultKind kind) {
        return Objects.requireNonNull(adders.get(kind));
    }
}
