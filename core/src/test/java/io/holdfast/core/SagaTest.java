package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.COMPENSATE;
import static io.holdfast.core.Scenario.GID;
import static io.holdfast.core.Scenario.assertChanged;
import static io.holdfast.core.Scenario.assertRefused;
import static io.holdfast.core.Scenario.assertUnchanged;
import static io.holdfast.core.Scenario.branch;
import static io.holdfast.core.Scenario.empty;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SagaTest {

    /** 0 before 1 and 2, both before 3. */
    private static final SagaOrder DIAMOND = new SagaOrder(true,
            List.of(List.of(), List.of(0), List.of(0), List.of(1, 2)));

    private final Scenario s = new Scenario();

    @Test
    void actionsRunOneAfterTheOther() {
        assertChanged(s.begin(SAGA, branch("a"), branch("b"), branch("c")));
        assertThat(s.calls()).containsExactly("0 action");
        s.done(0, ACTION);
        assertThat(s.calls()).containsExactly("1 action");
        s.done(1, ACTION);
        assertThat(s.calls()).containsExactly("2 action");
        s.done(2, ACTION);
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
    }

    @Test
    void failureCompensatesTheFailingOneAndThoseBeforeInReverse() {
        s.begin(SAGA, branch("a"), branch("b"), branch("c"), branch("d"));
        s.done(0, ACTION);
        s.done(1, ACTION);
        s.failed(2, "sold out");
        assertThat(s.state()).isEqualTo(State.COMPENSATING);
        assertThat(s.transaction().reason()).isEqualTo("sold out");
        assertThat(s.calls()).containsExactly("2 compensate");
        s.done(2, COMPENSATE);
        assertThat(s.calls()).containsExactly("1 compensate");
        s.done(1, COMPENSATE);
        assertThat(s.calls()).containsExactly("0 compensate");
        s.done(0, COMPENSATE);
        assertThat(s.state()).isEqualTo(State.CANCELLED);
        assertThat(s.transaction().branches().get(3).backward()).isEqualTo(Progress.IDLE);
    }

    @Test
    void failureWithoutAWordStillGivesAReason() {
        s.begin(SAGA, branch("a"));
        s.failed(0, "");
        assertThat(s.transaction().reason()).isEqualTo("the action of branch a failed");
    }

    @Test
    void diamondRunsAsItsGraphAllows() {
        s.begin(GID, SAGA, 0, CallPolicy.NATIVE, DIAMOND, branch("a"), branch("b"), branch("c"), branch("d"));
        assertThat(s.calls()).containsExactly("0 action");
        s.done(0, ACTION);
        assertThat(s.calls()).containsExactly("1 action", "2 action");
        s.done(2, ACTION);
        assertThat(s.calls()).containsExactly("1 action");
        s.done(1, ACTION);
        assertThat(s.calls()).containsExactly("3 action");
        s.done(3, ACTION);
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
    }

    @Test
    void diamondIsCompensatedAgainstItsGraph() {
        s.begin(GID, SAGA, 0, CallPolicy.NATIVE, DIAMOND, branch("a"), branch("b"), branch("c"), branch("d"));
        s.done(0, ACTION);
        s.done(1, ACTION);
        s.done(2, ACTION);
        s.failed(3, "no");
        assertThat(s.calls()).containsExactly("3 compensate");
        s.done(3, COMPENSATE);
        assertThat(s.calls()).containsExactly("1 compensate", "2 compensate");
        s.done(1, COMPENSATE);
        assertThat(s.calls()).containsExactly("2 compensate");
        s.done(2, COMPENSATE);
        assertThat(s.calls()).containsExactly("0 compensate");
        s.done(0, COMPENSATE);
        assertThat(s.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void actionsUnderWayAreGivenUpAndCompensatedToo() {
        s.begin(GID, SAGA, 0, CallPolicy.NATIVE, DIAMOND, branch("a"), branch("b"), branch("c"), branch("d"));
        s.done(0, ACTION);
        s.failed(1, "no");
        assertThat(s.transaction().branches()).extracting(Branch::forward).containsExactly(Progress.DONE,
                Progress.FAILED, Progress.ABANDONED, Progress.IDLE);
        assertThat(s.calls()).containsExactly("1 compensate", "2 compensate");
        assertUnchanged(s.done(2, ACTION));
        assertUnchanged(s.failed(2, "late"));
        assertThat(s.transaction().branches().get(2).forward()).isEqualTo(Progress.ABANDONED);
    }

    @Test
    void withoutAGraphConcurrentActionsStartTogether() {
        s.begin(GID, SAGA, 0, CallPolicy.NATIVE, new SagaOrder(true, List.of()), branch("a"), branch("b"));
        assertThat(s.calls()).containsExactly("0 action", "1 action");
        s.failed(1, "no");
        assertThat(s.calls()).containsExactly("0 compensate", "1 compensate");
    }

    @Test
    void emptyActionsArePassedThrough() {
        s.begin(SAGA, empty("a"), empty("b"), branch("c"), empty("d"));
        assertThat(s.calls()).containsExactly("2 action");
        s.failed(2, "no");
        assertThat(s.calls()).containsExactly("2 compensate");
        s.done(2, COMPENSATE);
        assertThat(s.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void anEmptySagaEndsWhenItBegins() {
        assertChanged(s.begin(SAGA));
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
        s.begin("other", SAGA, empty("a"), empty("b"));
        assertThat(s.transaction("other").state()).isEqualTo(State.CONFIRMED);
        assertThat(s.core.unfinished()).isZero();
    }

    @Test
    void chainOfEmptyBranchesAgainstTheirIndexIsPassedThrough() {
        SagaOrder backwards = new SagaOrder(true, List.of(List.of(1), List.of(2), List.of(3), List.of()));
        s.begin(GID, SAGA, 0, CallPolicy.NATIVE, backwards, branch("a"), empty("b"), empty("c"), empty("d"));
        assertThat(s.calls()).containsExactly("0 action");
        s.failed(0, "no");
        s.done(0, COMPENSATE);
        assertThat(s.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void retriesOverTheLimitCompensate() {
        s.begin(GID, SAGA, 0, new CallPolicy(3_000, 1_000, 300_000, 2_000, 2), SagaOrder.SEQUENTIAL, branch("a"),
                branch("b"));
        s.done(0, ACTION);
        s.attemptFailed(1);
        s.attemptFailed(1);
        assertThat(s.state()).isEqualTo(State.RUNNING);
        s.attemptFailed(1);
        assertThat(s.state()).isEqualTo(State.COMPENSATING);
        assertThat(s.transaction().reason()).isEqualTo("RetryCount is greater than RetryLimit, RetryLimit: 2");
        assertThat(s.calls()).containsExactly("1 compensate");
    }

    @Test
    void failedAttemptsCountOnlyWithALimitAndOnlyForActions() {
        s.begin(SAGA, branch("a"));
        assertUnchanged(s.attemptFailed(0));
        s.begin("h", SAGA, 0, new CallPolicy(3_000, 1_000, 300_000, 2_000, 1), SagaOrder.SEQUENTIAL, branch("a"));
        s.apply(new Command.Answered("h", 0, ACTION, false, false, "no"));
        assertUnchanged(s.apply(new Command.AttemptFailed("h", 0, "status 500")));
        assertThat(s.transaction("h").failedAttempts()).isZero();
    }

    @Test
    void deadlineCompensates() {
        s.begin(SAGA, branch("a"), branch("b"));
        s.done(0, ACTION);
        s.pass(30_000);
        assertThat(s.state()).isEqualTo(State.COMPENSATING);
        assertThat(s.calls()).containsExactly("1 compensate");
        s.pass(10_000_000);
        assertThat(s.calls()).containsExactly("1 compensate");
    }

    @Test
    void withoutADeadlineASagaRunsAsLongAsItTakes() {
        s.begin(GID, SAGA, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a"));
        s.pass(1_000_000_000);
        assertThat(s.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void theCallerMayCancelButNotConfirm() {
        s.begin(SAGA, branch("a"));
        assertRefused(s.confirm(), ErrorCode.WRONG_STATE);
        assertChanged(s.cancel("not wanted"));
        assertThat(s.calls()).containsExactly("0 compensate");
        assertRefused(s.confirm(), ErrorCode.DECISION_CONFLICT);
        assertUnchanged(s.cancel("again"));
    }

    @Test
    void aFailingCompensationIsNeverGivenUp() {
        s.begin(SAGA, branch("a"));
        s.failed(0, "no");
        assertRefused(s.apply(new Command.Answered(GID, 0, COMPENSATE, false, false, "no")), ErrorCode.INVALID);
        s.pass(1_000_000_000);
        assertThat(s.calls()).containsExactly("0 compensate");
    }

    @Test
    void aGraphThatCannotRunIsRefused() {
        for (SagaOrder order : List.of(new SagaOrder(true, List.of(List.of(1), List.of(0))),
                new SagaOrder(true, List.of(List.of(2))), new SagaOrder(true, List.of(List.of(-1))),
                new SagaOrder(true, List.of(List.of(), List.of(), List.of(0))))) {
            assertRefused(s.begin(GID, SAGA, 0, CallPolicy.NATIVE, order, branch("a"), branch("b")), ErrorCode.INVALID);
        }
        assertThat(s.core.find(GID)).isNull();
    }
}
