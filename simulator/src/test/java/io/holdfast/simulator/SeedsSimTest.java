package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The production engine under faults drawn from seeds. */
class SeedsSimTest {

    /** More, or others, by {@code -Dholdfast.seeds=N -Dholdfast.firstSeed=N}. */
    private static final int SEEDS = Integer.getInteger("holdfast.seeds", 2_000);
    private static final long FIRST_SEED = Long.getLong("holdfast.firstSeed", 1);

    @Test
    void noSeedBreaksAGuarantee() {
        long began = System.nanoTime();
        int crashes = 0;
        int diskFailures = 0;
        int confirmed = 0;
        int cancelled = 0;
        int settled = 0;
        int cuts = 0;
        long entries = 0;
        long calls = 0;
        long virtualMillis = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            SimReport report = Simulation.run(seed, seed % 4 == 0 ? SimOptions.quiet() : SimOptions.swarm(20));
            crashes += report.crashes();
            diskFailures += report.diskFailures();
            confirmed += report.confirmed();
            cancelled += report.cancelled();
            settled += report.settled();
            cuts += report.cuts();
            entries += report.entries();
            calls += report.calls();
            virtualMillis += report.virtualMillis();
        }
        System.out.printf(
                "seeds=%d transactions: confirmed=%d cancelled=%d settled=%d; crashes=%d diskFailures=%d cuts=%d entries=%d calls=%d"
                        + " virtual=%dh real=%ds%n",
                SEEDS, confirmed, cancelled, settled, crashes, diskFailures, cuts, entries, calls,
                virtualMillis / 3_600_000,
                (System.nanoTime() - began) / 1_000_000_000);
        // A run in which nothing happened would prove nothing.
        assertThat(crashes).isGreaterThan(SEEDS);
        assertThat(diskFailures).isPositive();
        assertThat(cuts).isGreaterThan(SEEDS);
        assertThat(confirmed).isGreaterThan(SEEDS);
        assertThat(cancelled).isGreaterThan(SEEDS);
    }
}
