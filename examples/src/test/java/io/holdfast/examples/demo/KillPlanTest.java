package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.fault.PlantedBug;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
            assertThat(
                    KillPlan.kills(settings(seed, 3)).stream().filter(kill -> kill.victim() == KillPlan.Victim.GATEWAY))
                    .hasSize(1);
        }
    }

    @Test
    void whereThereAreWorkersAsManyKillsAsOfTheCoordinatorAreTheirs() {
        for (long seed = 0; seed < 100; seed++) {
            List<KillPlan.Kill> kills = KillPlan.kills(settings(seed, 3, 2));
            assertThat(kills).as("seed=%d", seed).hasSize(7)
                    .isSortedAccordingTo(Comparator.comparing(KillPlan.Kill::atMillis));
            assertThat(kills).filteredOn(kill -> kill.victim() == KillPlan.Victim.WORKER).hasSize(3);
            assertThat(kills).filteredOn(kill -> kill.victim() == KillPlan.Victim.COORDINATOR).hasSize(3);
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
        return settings(seed, kills, 0);
    }

    private static DemoSettings settings(long seed, int kills, int workers) {
        return new DemoSettings(60, 60, seed, true, kills, 1, workers, Components.EMBEDDED, Path.of("report.json"),
                PlantedBug.NONE);
    }
}
