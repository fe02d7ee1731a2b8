package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The production engine under faults drawn from seeds. */
class SeedsSimTest {

    /** More, or others, by {@code -Dholdfast.seeds=N -Dholdfast.firstSeed=N}. */
    private static final int SEEDS = Integer.getInteger("holdfast.seeds", 3_000);
    private static final long FIRST_SEED = Long.getLong("holdfast.firstSeed", 1);
    private static final int TRANSACTIONS = 200;
    private static final int FAULTS = 50;
    private static final int THREADS = 2;

    @Test
    void noSeedBreaksAGuarantee() throws InterruptedException {
        SeedSearch.Totals totals = search(SimOptions.swarm(TRANSACTIONS), SEEDS);
        assertThat(totals.fewestFaults()).isGreaterThanOrEqualTo(FAULTS);
        // A run in which nothing happened would prove nothing.
        for (Fault fault : Fault.values()) {
            assertThat(totals.of(fault)).as(fault.name()).isPositive();
        }
        assertThat(totals.cuts()).isGreaterThan(SEEDS);
        assertThat(totals.elections()).isGreaterThan(SEEDS);
        assertThat(totals.installed()).isPositive();
        assertThat(totals.given()).isGreaterThan(SEEDS);
        assertThat(totals.handedBack()).isPositive();
        assertThat(totals.givenUp()).isPositive();
        assertThat(totals.confirmed()).isGreaterThan(SEEDS);
        assertThat(totals.cancelled()).isGreaterThan(SEEDS);
    }

    @Test
    void noQuietSeedBreaksAGuarantee() throws InterruptedException {
        search(SimOptions.quiet(), SEEDS);
    }

    private static SeedSearch.Totals search(SimOptions options, int seeds) throws InterruptedException {
        long began = System.nanoTime();
        SeedSearch search = new SeedSearch(options, FIRST_SEED, seeds, () -> true, false);
        SeedSearch.Found found = search.run(THREADS);
        System.out.printf(Locale.ROOT, "%s in %.1f s%n", search.totals(), (System.nanoTime() - began) / 1e9);
        if (found != null) {
            throw found.violation();
        }
        assertThat(search.totals().seeds()).isEqualTo(seeds);
        return search.totals();
    }
}
