package io.holdfast.server.workers.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.workers.scaling.ScalingRule.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class ScalingRuleTest {

    private static final double UNKNOWN = -1;
    private final ScalingRule rule = new ScalingRule(ScalingBounds.between(2, 8));
    private int second;

    /** Each number of workers that the rule wanted, in order, when it changed. */
    private List<Integer> run(int seconds, IntUnaryOperator waiting, IntToDoubleFunction load) {
        List<Integer> wanted = new ArrayList<>();
        for (int i = 0; i < seconds; i++, second++) {
            int before = rule.wanted();
            rule.see(new Sample(1_000L * second, waiting.applyAsInt(second), load.applyAsDouble(second)));
            if (rule.wanted() != before) {
                wanted.add(rule.wanted());
            }
        }
        return wanted;
    }

    @Test
    void moreThanFiftyWaitingCallsBringWorkersWithinHalfAMinute() {
        assertThat(run(60, at -> 50, at -> UNKNOWN)).as("fifty are not more than fifty").isEmpty();
        assertThat(run(30, at -> 100, at -> UNKNOWN)).containsExactly(3, 5, 8);
        assertThat(run(60, at -> 100, at -> UNKNOWN)).as("never more than the most").isEmpty();
    }

    @Test
    void oneIsNeededForTheFirstCall() {
        ScalingRule none = new ScalingRule(ScalingBounds.between(0, 2));
        none.see(new Sample(0, 0, UNKNOWN));
        assertThat(none.wanted()).isZero();
        none.see(new Sample(1_000, 1, UNKNOWN));
        assertThat(none.wanted()).isEqualTo(1);
    }

    @Test
    void processorsHaveToBeBusyForAWholeMinute() {
        assertThat(run(30, at -> 0, at -> 0.5)).isEmpty();
        assertThat(run(59, at -> 0, at -> 0.85)).isEmpty();
        assertThat(run(1, at -> 0, at -> 0.5)).isEmpty();
        assertThat(run(60, at -> 0, at -> 0.85)).as("59 seconds since it was quiet").isEmpty();
        assertThat(run(2, at -> 0, at -> 0.85)).containsExactly(3);
    }

    @Test
    void workersGoByQuartersWhenNothingWaitsAndTheyAreIdle() {
        run(60, at -> 200, at -> UNKNOWN);
        assertThat(rule.wanted()).isEqualTo(8);
        assertThat(run(120, at -> 0, at -> 0.5)).as("the processors are not idle").isEmpty();
        assertThat(run(70, at -> 0, at -> 0.1)).containsExactly(6);
        assertThat(run(600, at -> 0, at -> 0.1)).containsExactly(4, 3, 2);
    }

    @Test
    void aSawToothDoesNotMakeThemComeAndGo() {
        for (int period : new int[]{10, 20, 45, 60, 90, 120, 180}) {
            ScalingRule fresh = new ScalingRule(ScalingBounds.between(2, 8));
            int turns = 0;
            boolean grew = true;
            int last = fresh.wanted();
            for (int at = 0; at < 7_200; at++) {
                fresh.see(new Sample(1_000L * at, 200 * (at % period) / period, 0.1));
                if (fresh.wanted() != last) {
                    boolean grows = fresh.wanted() > last;
                    turns += grows == grew ? 0 : 1;
                    grew = grows;
                    last = fresh.wanted();
                }
            }
            assertThat(turns).as("changes of direction in two hours of teeth of " + period + " s").isLessThan(14);
        }
    }

    @Test
    void aShortPauseInTheSamplesIsNoReasonToChange() {
        run(5, at -> 200, at -> UNKNOWN);
        second += 60;
        assertThat(run(5, at -> 200, at -> UNKNOWN)).as("a minute without a look says nothing").isEmpty();
    }
}
