package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.pay.PlantedBug;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KillPlanTest {
    @Test
    void killsAreInOrderAndInsideTheRun() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(KillPlan.momentsMillis(settings(seed, 5))).as("seed=%d", seed).hasSize(5).isSorted()
                    .allSatisfy(moment -> assertThat(moment).isBetween(6_000L, 51_000L));
        }
    }

    @Test
    void theSeedChoosesTheMoments() {
        assertThat(KillPlan.momentsMillis(settings(1, 3))).isEqualTo(KillPlan.momentsMillis(settings(1, 3)))
                .isNotEqualTo(KillPlan.momentsMillis(settings(2, 3)));
    }

    @Test
    void noKillsAreNoMoments() {
        assertThat(KillPlan.momentsMillis(settings(1, 0))).isEmpty();
    }

    private static DemoSettings settings(long seed, int kills) {
        return new DemoSettings(60, 60, seed, true, kills, Path.of("report.json"), PlantedBug.NONE);
    }
}
