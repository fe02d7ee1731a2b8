package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BenchResultTest {

    @Test
    void ratiosAreTakenTurnByTurnBecauseMachinesDrift() {
        BenchResult result = BenchResult.of("x", "records/s", List.of(measured(100), measured(10), measured(1_000)),
                "commands/s", List.of(measured(50), measured(5), measured(500)));
        assertThat(result.ratio()).isEqualTo(0.5);
        assertThat(result.floor()).isEqualTo(100);
        assertThat(result.product()).isEqualTo(50);
    }

    @Test
    void theMedianOfTwoTurnsIsTheirMean() {
        BenchResult result = BenchResult.of("x", "records/s", List.of(measured(100), measured(200)), "commands/s",
                List.of(measured(100), measured(200)));
        assertThat(result.floor()).isEqualTo(150);
    }

    private static Callers.Measured measured(double opsPerSecond) {
        return new Callers.Measured(opsPerSecond, 1, 1, 1);
    }
}
