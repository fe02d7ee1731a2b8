package io.holdfast.simulator;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What goes wrong, drawn from the seed, a stream per kind. Each seed has kinds that happen often, some seldom and some not at all,
 * because bugs hide where everything always happens.
 */
final class Faults {

    /** How often, in percent of the usual rate: one of these per kind and seed. */
    private static final int[] RATES = {0, 30, 100, 100, 250};

    private final Faultless faultless;
    private final Map<Fault, RandomGenerator> randoms = new EnumMap<>(Fault.class);
    private final int[] percent = new int[Fault.values().length];
    private final int[] chances = new int[Fault.values().length];
    private final int[] struck = new int[Fault.values().length];
    private boolean healed;

    Faults(Streams streams, Faultless faultless) {
        this.faultless = faultless;
        RandomGenerator rates = streams.of("rates");
        for (Fault fault : Fault.values()) {
            randoms.put(fault, streams.of(fault.name()));
            percent[fault.ordinal()] = RATES[rates.nextInt(RATES.length)];
        }
        // However quiet a seed is, its network is not.
        for (Fault fault : new Fault[]{Fault.LOSS, Fault.DUPLICATE, Fault.LOST_REPLY}) {
            percent[fault.ordinal()] = Math.max(100, percent[fault.ordinal()]);
        }
    }

    /** Whether it happens at this chance. */
    boolean strikes(Fault fault) {
        int kind = fault.ordinal();
        boolean drawn = random(fault).nextInt(fault.oneIn * 100) < percent[kind];
        if (!drawn) {
            return false;
        }
        // Counted even if it is left out, so that leaving one out does not rename the others.
        int ordinal = chances[kind]++;
        if (healed || faultless.leavesOut(fault, ordinal)) {
            return false;
        }
        struck[kind]++;
        return true;
    }

    /** For what a fault of this kind looks like. */
    RandomGenerator random(Fault fault) {
        RandomGenerator random = randoms.get(fault);
        if (random == null) {
            throw new IllegalStateException("no stream for " + fault);
        }
        return random;
    }

    /** Nothing happens from now on. */
    void heal() {
        healed = true;
    }

    boolean isHealed() {
        return healed;
    }

    /** How many of each kind have happened or were left out, in the order of {@link Fault}. */
    List<Integer> chances() {
        return Arrays.stream(chances).boxed().toList();
    }

    /** How many of a kind have happened. */
    int struck(Fault fault) {
        return struck[fault.ordinal()];
    }
}
