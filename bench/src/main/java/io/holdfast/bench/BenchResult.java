package io.holdfast.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of the table; medians over the turns.
 *
 * @param name             of the benchmark
 * @param floorUnit        what {@code floor} counts
 * @param floor            per second
 * @param productUnit      what {@code product} counts
 * @param product          per second
 * @param ratio            of product to floor, the median of the ratios turn by turn
 * @param p50Micros        of one call of the product
 * @param p99Micros        of one call of the product
 * @param floorCpuMicros   processor time of the process per record
 * @param productCpuMicros processor time of the process per command
 */
record BenchResult(String name, String floorUnit, double floor, String productUnit, double product, double ratio,
        double p50Micros, double p99Micros, double floorCpuMicros, double productCpuMicros) {

    static BenchResult of(String name, String floorUnit, List<Callers.Measured> floors, String productUnit,
            List<Callers.Measured> products) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < products.size(); i++) {
            ratios.add(products.get(i).opsPerSecond() / floors.get(i).opsPerSecond());
        }
        return new BenchResult(name, floorUnit, median(floors.stream().map(Callers.Measured::opsPerSecond).toList()),
                productUnit,
                median(products.stream().map(Callers.Measured::opsPerSecond).toList()), median(ratios),
                median(products.stream().map(Callers.Measured::p50Micros).toList()),
                median(products.stream().map(Callers.Measured::p99Micros).toList()),
                median(floors.stream().map(Callers.Measured::cpuMicrosPerOp).toList()),
                median(products.stream().map(Callers.Measured::cpuMicrosPerOp).toList()));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
