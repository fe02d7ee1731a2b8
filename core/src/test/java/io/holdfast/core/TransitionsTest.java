package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CANCEL;
import static io.holdfast.api.Operation.COMPENSATE;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.core.Command.OperatorAction.SETTLE;
import static io.holdfast.core.Scenario.branch;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Transitions.Row;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TransitionsTest {

    private static final CallPolicy ONE_RETRY = new CallPolicy(3_000, 1_000, 300_000, 2_000, 1);

    /** One short life per arrow, or more; {@link Scenario} records which rows each of them used. */
    private static final List<Consumer<Scenario>> LIVES = List.of(
            s -> {
                s.begin(TCC, branch("a"));
                s.confirm();
                s.done(0, CONFIRM);
            },
            s -> {
                s.begin(TCC, branch("a"));
                s.cancel("no");
                s.done(0, CANCEL);
            },
            s -> {
                s.begin(TCC, branch("a"));
                s.pass(30_000);
            },
            s -> {
                s.begin(TCC);
                s.operate(SETTLE, "test");
            },
            s -> {
                s.begin(TCC, branch("a"));
                s.confirm();
                s.operate(SETTLE, "test");
            },
            s -> {
                s.begin(TCC, branch("a"));
                s.cancel("no");
                s.operate(SETTLE, "test");
            },
            s -> {
                s.begin(SAGA, branch("a"));
                s.done(0, ACTION);
            },
            s -> {
                s.begin(SAGA, branch("a"));
                s.failed(0, "no");
                s.done(0, COMPENSATE);
            },
            s -> {
                s.begin(Scenario.GID, SAGA, 0, ONE_RETRY, SagaOrder.SEQUENTIAL, branch("a"));
                s.attemptFailed(0);
                s.attemptFailed(0);
            },
            s -> {
                s.begin(SAGA, branch("a"));
                s.pass(30_000);
            },
            s -> {
                s.begin(SAGA, branch("a"));
                s.cancel("no");
                s.operate(SETTLE, "test");
            },
            s -> {
                s.begin(SAGA, branch("a"));
                s.operate(SETTLE, "test");
            });

    @Test
    void everyRowIsUsed() {
        Set<Row> used = new LinkedHashSet<>();
        for (Consumer<Scenario> life : LIVES) {
            Scenario scenario = new Scenario();
            life.accept(scenario);
            used.addAll(scenario.used);
        }
        assertThat(used).containsExactlyInAnyOrderElementsOf(Transitions.rows());
    }

    @Test
    void noEventLeadsToTwoStates() {
        Set<List<Object>> seen = new HashSet<>();
        for (Row row : Transitions.rows()) {
            assertThat(seen.add(List.of(row.mode(), row.from(), row.event()))).as("%s", row).isTrue();
            assertThat(Transitions.next(row.mode(), row.from(), row.event())).isEqualTo(row.to());
        }
    }

    @Test
    void nothingLeavesAFinishedState() {
        assertThat(Transitions.rows()).noneMatch(row -> row.from().isFinished());
    }

    @Test
    void noRowTurnsADecisionRound() {
        assertThat(Transitions.rows()).filteredOn(row -> !row.from().isUndecided() && row.to() != State.SETTLED_BY_HAND)
                .allSatisfy(row -> assertThat(isConfirming(row.to())).isEqualTo(isConfirming(row.from())))
                .isNotEmpty();
    }

    @Test
    void everyUnfinishedStateCanBeSettledAndEnds() {
        for (Mode mode : Mode.values()) {
            for (Row row : Transitions.rows()) {
                if (row.mode() == mode && !row.to().isFinished()) {
                    assertThat(Transitions.next(mode, row.to(), Event.SETTLED)).isEqualTo(State.SETTLED_BY_HAND);
                    assertThat(Transitions.rows()).anyMatch(
                            next -> next.mode() == mode && next.from() == row.to() && next.event() != Event.SETTLED);
                }
            }
        }
    }

    private static boolean isConfirming(State state) {
        return state == State.CONFIRMING || state == State.CONFIRMED;
    }
}
