package io.holdfast.simulator;

import java.util.random.RandomGenerator;

/**
 * Which workers there are in a run.
 *
 * @param workers  how many; 0 for none, and then nodes make their calls themselves
 * @param slots    calls that each makes at the same time, for each node
 * @param required whether calls wait for a worker rather than being made by the node
 */
record Crew(int workers, int slots, boolean required) {

    private static final int NONE_ONE_IN = 3;
    private static final int MOST_WORKERS = 4;
    private static final int[] SLOTS = {1, 2, 4, 16};
    private static final int REQUIRED_ONE_IN = 3;

    /** As the seed says, within what is wanted. */
    static Crew draw(RandomGenerator random, SimOptions.Workers wanted) {
        boolean none = random.nextInt(NONE_ONE_IN) == 0;
        Crew drawn = new Crew(1 + random.nextInt(MOST_WORKERS), SLOTS[random.nextInt(SLOTS.length)],
                random.nextInt(REQUIRED_ONE_IN) == 0);
        return switch (wanted) {
            case DRAWN -> none ? new Crew(0, 0, false) : drawn;
            case NONE -> new Crew(0, 0, false);
            case SOME -> drawn;
        };
    }
}
