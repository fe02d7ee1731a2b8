package io.holdfast.bench.measure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param name    of the measurement
 * @param floor   what the machine gives without Holdfast
 * @param product what it gives with it
 * @param ratio   of product to floor; for rates the median of the ratios turn by turn
 * @param details further figures by their JSON names, in the order in which they are shown
 * @param goal    of the design; null if there is none
 */
public record BenchResult(String name, Figure floor, Figure product, double ratio, Map<String, Object> details,
        @Nullable Goal goal, Conditions conditions) {

    /** Latency is part of every row; it is null where it means nothing. */
    private static final String P50 = "p50_us";
    private static final String P99 = "p99_us";

    public BenchResult {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** Of rates that were taken by turns. */
    public static BenchResult ofTurns(String name, String floor, String product, Turns turns, @Nullable Goal goal,
            Conditions conditions) {
        Measured of = turns.product();
        Measured floorOf = turns.floor();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put(P50, of.p50Micros());
        details.put(P99, of.p99Micros());
        details.put("p999_us", of.p999Micros());
        details.put("cpu_us", of.cpuMicrosPerOp());
        details.put("floor_p50_us", floorOf.p50Micros());
        details.put("floor_p99_us", floorOf.p99Micros());
        details.put("floor_cpu_us", floorOf.cpuMicrosPerOp());
        // What the ratio were if processors were all that limits, and nobody else used them.
        details.put("cpu_ratio", floorOf.cpuMicrosPerOp() / of.cpuMicrosPerOp());
        details.put("turns", turns.count());
        details.put("warm_up_ms", turns.productWarmUpMillis());
        details.put("floor_warm_up_ms", turns.floorWarmUpMillis());
        return new BenchResult(name, new Figure(floorOf.opsPerSecond(), "/s", floor),
                new Figure(of.opsPerSecond(), "/s", product), turns.ratio(), details, goal, conditions);
    }

    /** Of two figures. */
    public static BenchResult ofFigures(String name, Figure floor, Figure product, @Nullable Goal goal,
            Conditions conditions) {
        return new BenchResult(name, floor, product, product.value() / floor.value(), Map.of(), goal, conditions);
    }

    /** With one more figure. */
    public BenchResult with(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(key, value);
        return new BenchResult(name, floor, product, ratio, more, goal, conditions);
    }

    /** As it stands in the JSON file. */
    public Map<String, Object> json() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("floor", floor.value());
        row.put("product", product.value());
        row.put("unit", product.unit());
        row.put("ratio", ratio);
        row.put(P50, details.get(P50));
        row.put(P99, details.get(P99));
        row.putAll(details);
        row.put("goal", goal == null ? null : goal.text());
        row.put("reached", goal == null ? null : goal.reached());
        row.put("floor_is", floor.what());
        row.put("product_is", product.what());
        row.put("sync_p50_us", conditions.sync().p50Micros());
        row.put("sync_p99_us", conditions.sync().p99Micros());
        row.put("load_start", conditions.loadStart());
        row.put("load_end", conditions.loadEnd());
        row.put("processors", conditions.machine().processors());
        row.put("memory_bytes", conditions.machine().memoryBytes());
        row.put("max_heap_bytes", conditions.machine().maxHeapBytes());
        row.put("file_system", conditions.machine().fileSystem());
        row.put("java", conditions.machine().java());
        return row;
    }
}
