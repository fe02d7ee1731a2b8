package io.holdfast.bench.measure;

import io.holdfast.bench.process.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Floor and product by turns, because what else runs on the machine changes within seconds. The ratio is the median of those of
 * neighbouring turns.
 */
public final class Turns {

    /** Short, for the same reason. */
    private static final int TURN_SECONDS = 3;
    /** After a pause of some seconds caches and clock rate have to come back. */
    private static final int AGAIN_WARM_MILLIS = 500;

    private final List<Measured> floors = new ArrayList<>();
    private final List<Measured> products = new ArrayList<>();

    /** One turn of one of the two. */
    public interface Turn {
        Measured take(Callers.Plan plan) throws Exception;
    }

    /**
     * How often and how long.
     *
     * @param callers      side by side
     * @param seconds      for floor and product each, over all turns
     * @param warmUpMillis before the first turn of each; later turns have half a second
     */
    public record Plan(int callers, int seconds, int warmUpMillis) {
        int turns() {
            return Math.max(1, seconds / TURN_SECONDS);
        }
    }

    private Turns() {
    }

    public static Turns take(Plan plan, Turn floor, Turn product, Progress progress)
            throws Exception {
        Turns turns = new Turns();
        int millis = plan.seconds * 1_000 / plan.turns();
        for (int turn = 0; turn < plan.turns(); turn++) {
            int warmUp = turn == 0 ? plan.warmUpMillis : AGAIN_WARM_MILLIS;
            Callers.Plan one = new Callers.Plan(plan.callers, warmUp, millis);
            turns.floors.add(floor.take(one));
            turns.products.add(product.take(one));
            progress.say(String.format(Locale.ROOT, "turn %d of %d: floor %,.0f/s, holdfast %,.0f/s, ratio %.2f",
                    turn + 1, plan.turns(), turns.floors.get(turn).opsPerSecond(),
                    turns.products.get(turn).opsPerSecond(), turns.ratio(turn)));
        }
        return turns;
    }

    /** For tests and for what was measured elsewhere; as many of one as of the other. */
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

    private static Measured median(List<Measured> turns) {
        return new Measured(Median.of(turns, Measured::opsPerSecond), Median.of(turns, Measured::p50Micros),
                Median.of(turns, Measured::p99Micros), Median.of(turns, Measured::p999Micros),
                Median.of(turns, Measured::cpuMicrosPerOp));
    }
}
