package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.fault.PlantedBug;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

class KillPlanTest {
    @Test
    void killsAreInOrderAndInsideTheRun() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(KillPlan.kills(settings(seed, 5))).as("seed=%d", seed).hasSize(6)
                    .isSortedAccordingTo(Comparator.comparing(KillPlan.Kill::atMillis))
                    .allSatisfy(kill -> assertThat(kill.atMillis()).isBetween(6_000L, 51_000L));
        }
    }

    @Test
    void oneOfTheKillsIsTheGateways() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(KillPlan.kills(settings(seed, 3)).stream().filter(KillPlan.Kill::isGateway)).hasSize(1);
        }
    }

    @Test
    void theSeedChoosesTheMoments() {
        assertThat(KillPlan.kills(settings(1, 3))).isEqualTo(KillPlan.kills(settings(1, 3)))
                .isNotEqualTo(KillPlan.kills(settings(2, 3)));
    }

    @Test
    void whereTheCoordinatorIsNotKilledNothingIs() {
        assertThat(KillPlan.kills(settings(1, 0))).isEmpty();
    }

    private static DemoSettings settings(long seed, int kills) {
        return new DemoSettings(60, 60, seed, true, kills, Components.EMBEDDED, Path.of("report.json"),
                PlantedBug.NONE);
    }
}
