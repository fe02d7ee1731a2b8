package io.holdfast.bench.measure;

import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle one: what a noisy neighbour did to one turn does not move it. */
public final class Median {

    private Median() {
    }

    /** Of two it is their mean. */
    public static double of(Collection<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    public static <T> double of(List<T> items, ToDoubleFunction<T> value) {
        return of(items.stream().map(value::applyAsDouble).toList());
    }
}
