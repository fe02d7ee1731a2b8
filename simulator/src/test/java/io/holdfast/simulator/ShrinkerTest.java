package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

    private static final int MANY = 1_000;
    private static final int FIRST = 17;
    private static final int SECOND = 19;
    private static final int CRASH = 5;

    /** Breaks if transactions 17 and 19 are there, crash 5 happens and any message is lost. */
    private static void run(SimOptions options) {
        boolean both = options.firstTransaction() <= FIRST
                && options.firstTransaction() + options.transactions() > SECOND;
        if (both && !options.faultless().leavesOut(Fault.CRASH, CRASH)
                && !options.faultless().leavesOut(Fault.LOSS, -1)) {
            throw broken("G5 it happened");
        }
        if (options.transactions() == 1) {
            throw broken("G3 something else is broken");
        }
    }

    private static Violation broken(String what) {
        Integer[] chances = new Integer[Fault.values().length];
        Arrays.fill(chances, 0);
        chances[Fault.CRASH.ordinal()] = 12;
        chances[Fault.LOSS.ordinal()] = 3;
        chances[Fault.KILL.ordinal()] = 2;
        return new Violation(what, new IllegalStateException("why"), List.of(chances), List.of());
    }

    @Test
    void whatIsLeftIsNeededAndBreaksTheSameGuarantee() {
        Shrinker.Shrunk shrunk = Shrinker.shrink(ShrinkerTest::run, SimOptions.swarm(200), broken("G5 it happened"),
                MANY,
                line -> {
                });
        assertThat(shrunk.violation().guarantee()).isEqualTo("G5");
        assertThat(shrunk.options().transactions()).isEqualTo(SECOND - FIRST + 1);
        assertThat(shrunk.options().firstTransaction()).isEqualTo(FIRST);
        Faultless leftOut = shrunk.options().faultless();
        assertThat(leftOut.leavesOut(Fault.KILL, 0)).isTrue();
        for (int i = 0; i < 12; i++) {
            assertThat(leftOut.leavesOut(Fault.CRASH, i)).as("crash %s", i).isEqualTo(i != CRASH);
        }
        assertThat(Faultless.parse(leftOut.toString())).hasToString(leftOut.toString());
    }

    @Test
    void stopsAfterSoManyRuns() {
        Shrinker.Shrunk shrunk = Shrinker.shrink(ShrinkerTest::run, SimOptions.swarm(200), broken("G5 it happened"), 3,
                line -> {
                });
        assertThat(shrunk.runs()).isEqualTo(3);
    }
}
