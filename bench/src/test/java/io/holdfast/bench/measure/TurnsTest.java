package io.holdfast.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final Turns.Plan PLAN = new Turns.Plan(1, 6, 400);

    @Test
    void ratiosAreTakenTurnByTurnBecauseMachinesDrift() {
        Turns turns = Turns.of(List.of(measured(100), measured(10), measured(1_000)),
                List.of(measured(50), measured(5), measured(500)));
        assertThat(turns.ratio()).isEqualTo(0.5);
        assertThat(turns.floor().opsPerSecond()).isEqualTo(100);
        assertThat(turns.product().opsPerSecond()).isEqualTo(50);
    }

    @Test
    void theMedianOfTwoTurnsIsTheirMean() {
        Turns turns = Turns.of(List.of(measured(100), measured(200)), List.of(measured(100), measured(200)));
        assertThat(turns.floor().opsPerSecond()).isEqualTo(150);
    }

    @Test
    void floorAndProductAlternate() throws Exception {
        List<String> order = new ArrayList<>();
        Turns turns = Turns.take(PLAN, plan -> note(order, "floor", plan), plan -> note(order, "product", plan),
                line -> {
                });
        assertThat(order).containsExactly("floor", "product", "floor", "product");
        assertThat(turns.count()).isEqualTo(2);
    }

    @Test
    void warmUpGoesOnAsLongAsItGetsFaster() throws Exception {
        double[] rate = {100};
        int[] slices = {0};
        Turns turns = Turns.take(PLAN, plan -> measured(100), plan -> {
            slices[0]++;
            rate[0] *= slices[0] < 8 ? 1.5 : 1;
            return measured(rate[0]);
        }, line -> {
        });
        assertThat(turns.floorWarmUpMillis()).isEqualTo(400);
        assertThat(turns.productWarmUpMillis()).isEqualTo(1_000);
    }

    @Test
    void aTurnWithoutAnAnswerIsNoFigure() {
        assertThatThrownBy(() -> Turns.take(PLAN, plan -> measured(0), plan -> measured(1), line -> {
        })).hasMessageContaining("no call was answered");
    }

    /** Warm-up slices are shorter than turns. */
    private static Measured note(List<String> order, String who, Callers.Plan plan) {
        if (plan.millis() == 3_000) {
            order.add(who);
        }
        return measured(100);
    }

    private static Measured measured(double opsPerSecond) {
        return new Measured(opsPerSecond, 1, 1, 1, 1);
    }
}
