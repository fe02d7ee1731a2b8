package io.holdfast.examples.demo;

import io.holdfast.examples.fault.PlantedBug;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * What to do in one run.
 *
 * @param seconds how long to place orders, 1 to 3600
 * @param rate    orders per second, 1 to 1000
 * @param seed    chooses orders, faults and the moments of the kills
 * @param faults  whether to inject faults
 * @param kills   how often to kill the coordinator, 0 to 20
 * @param nodes   how many nodes the coordinator has: 1, 3 or 5
 * @param workers how many workers make its calls, 0 to 16; 0 for none, then it makes them itself
 * @param components what the services work with
 * @param report  where to write the report
 * @param plant   a mistake to build in on purpose
 */
record DemoSettings(int seconds, int rate, long seed, boolean faults, int kills, int nodes, int workers,
        Components components, Path report, PlantedBug plant) {
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_RATE = 1000;
    private static final int MOST_KILLS = 20;
    private static final int MOST_NODES = 5;
    private static final int MOST_WORKERS = 16;
    /** The mistakes in what the script in Redis and the service in Python do there. */
    private static final Set<PlantedBug> NOT_WITH_REAL_COMPONENTS = EnumSet.of(PlantedBug.STOCK_WITHOUT_CHECK,
            PlantedBug.COUPON_CANCEL_BURNS);

    /** @throws IllegalArgumentException if a value is out of its range; the message is for the user */
    DemoSettings {
        requireRange("--seconds", seconds, 1, MOST_SECONDS);
        requireRange("--rate", rate, 1, MOST_RATE);
        requireRange("--kills", kills, 0, MOST_KILLS);
        requireRange("--workers", workers, 0, MOST_WORKERS);
        if (nodes < 1 || nodes > MOST_NODES || nodes % 2 == 0) {
            throw new IllegalArgumentException("--nodes=" + nodes + ", allowed: 1, 3 or 5");
        }
        if (components == Components.REAL && NOT_WITH_REAL_COMPONENTS.contains(plant)) {
            throw new IllegalArgumentException(
                    "--plant=" + plant.optionName() + ", allowed: with --components embedded only");
        }
    }

    int orders() {
        return seconds * rate;
    }

    private static void requireRange(String name, int value, int lowest, int highest) {
        if (value < lowest || value > highest) {
            throw new IllegalArgumentException(name + "=" + value + ", allowed: " + lowest + " to " + highest);
        }
    }
}
