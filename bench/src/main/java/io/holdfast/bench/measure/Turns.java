package io.holdfast.bench.measure;

import io.holdfast.bench.process.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Floor and product by turns, because what else runs on the machine changes within seconds. The ratio is the median of those of
 * neighbouring turns.
 * <p>
 * Both are warmed up before the first turn until they do not get faster any more: how long the compilers of a JVM take depends on
 * what else the machine has to do.
 */
public final class Turns {

    /** Short, because of the neighbours. */
    private static final int TURN_SECONDS = 3;
    /** After a pause of some seconds caches and clock rate have to come back. */
    private static final int AGAIN_WARM_MILLIS = 500;
    private static final int WARM_UP_SLICES = 4;
    private static final int MOST_WARM_UP_SLICES = 20;
    private static final double FASTER = 1.05;
    /** One may have been slow because of the neighbours. */
    private static final int SLICES_WITHOUT_GAIN = 3;

    private final List<Measured> floors = new ArrayList<>();
    private final List<Measured> products = new ArrayList<>();
    /** Of a third that takes turns with them; empty if there is none. */
    private final List<Measured> others = new ArrayList<>();
    private int floorWarmUpMillis;
    private int productWarmUpMillis;

    /** One turn of one of the two. */
    public interface Turn {
        Measured take(Callers.Plan plan) throws Exception;
    }

    /**
     * How often and how long.
     *
     * @param callers      side by side
     * @param seconds      for floor and product each, over all turns
     * @param warmUpMillis of each at least; five times as much if it keeps getting faster
     */
    public record Plan(int callers, int seconds, int warmUpMillis) {
        int turns() {
            return Math.max(1, seconds / TURN_SECONDS);
        }
    }

    private Turns() {
    }

    public static Turns take(Plan plan, Turn floor, Turn product, Progress progress) throws Exception {
        return take(plan, floor, product, null, progress);
    }

    /** @param other takes turns with the two, and is compared with the product as well */
    public static Turns take(Plan plan, Turn floor, Turn product, @Nullable Turn other, Progress progress)
            throws Exception {
        Turns turns = new Turns();
        turns.floorWarmUpMillis = warmUp(plan, floor);
        turns.productWarmUpMillis = warmUp(plan, product);
        progress.say(String.format(Locale.ROOT, "warmed up: floor %,d ms, holdfast %,d ms", turns.floorWarmUpMillis,
                turns.productWarmUpMillis));
        if (other != null) {
            warmUp(plan, other);
        }
        Callers.Plan one = new Callers.Plan(plan.callers, AGAIN_WARM_MILLIS, plan.seconds * 1_000 / plan.turns());
        for (int turn = 0; turn < plan.turns(); turn++) {
            turns.floors.add(counted(floor, one));
            turns.products.add(counted(product, one));
            if (other != null) {
                turns.others.add(counted(other, one));
            }
            progress.say(String.format(Locale.ROOT, "turn %d of %d: floor %,.0f/s, holdfast %,.0f/s, ratio %.2f",
                    turn + 1, plan.turns(), turns.floors.get(turn).opsPerSecond(),
                    turns.products.get(turn).opsPerSecond(), turns.ratio(turn)));
        }
        return turns;
    }

    private static Measured counted(Turn turn, Callers.Plan plan) throws Exception {
        Measured measured = turn.take(plan);
        if (measured.opsPerSecond() == 0) {
            throw new IllegalStateException("no call was answered within " + plan.millis() + " ms");
        }
        return measured;
    }

    /** Returns how long it took. */
    private static int warmUp(Plan plan, Turn turn) throws Exception {
        int sliceMillis = Math.max(1, plan.warmUpMillis / WARM_UP_SLICES);
        double best = 0;
        int bestSlice = 0;
        for (int slice = 1;; slice++) {
            double rate = turn.take(new Callers.Plan(plan.callers, 0, sliceMillis)).opsPerSecond();
            if (rate > best * FASTER) {
                best = rate;
                bestSlice = slice;
            }
            if (slice >= MOST_WARM_UP_SLICES
                    || (slice >= WARM_UP_SLICES && slice - bestSlice >= SLICES_WITHOUT_GAIN)) {
                return slice * sliceMillis;
            }
        }
    }

    /** Of what was measured elsewhere; as many of one as of the other. */
    static Turns of(List<Measured> floors, List<Measured> products) {
        Turns turns = new Turns();
        turns.floors.addAll(floors);
        turns.products.addAll(products);
        return turns;
    }

    private double ratio(int turn) {
        return products.get(turn).opsPerSecond() / floors.get(turn).opsPerSecond();
    }

    public int count() {
        return products.size();
    }

    public int floorWarmUpMillis() {
        return floorWarmUpMillis;
    }

    public int productWarmUpMillis() {
        return productWarmUpMillis;
    }

    public double ratio() {
        List<Double> ratios = new ArrayList<>();
        for (int turn = 0; turn < count(); turn++) {
            ratios.add(ratio(turn));
        }
        return Median.of(ratios);
    }

    public Measured floor() {
        return median(floors);
    }

    public Measured product() {
        return median(products);
    }

    /** Of the third. */
    public Measured other() {
        return median(others);
    }

    /** Of the product to the third, as {@link #ratio}. */
    public double ratioToOther() {
        List<Double> ratios = new ArrayList<>();
        for (int turn = 0; turn < count(); turn++) {
            ratios.add(products.get(turn).opsPerSecond() / others.get(turn).opsPerSecond());
        }
        return Median.of(ratios);
    }

    private static Measured median(List<Measured> turns) {
        return new Measured(Median.of(turns, Measured::opsPerSecond), Median.of(turns, Measured::p50Micros),
                Median.of(turns, Measured::p99Micros), Median.of(turns, Measured::p999Micros),
                Median.of(turns, Measured::cpuMicrosPerOp));
    }
}
