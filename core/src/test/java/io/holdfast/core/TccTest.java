package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CANCEL;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.core.Scenario.GID;
import static io.holdfast.core.Scenario.assertChanged;
import static io.holdfast.core.Scenario.assertRefused;
import static io.holdfast.core.Scenario.assertUnchanged;
import static io.holdfast.core.Scenario.branch;
import static io.holdfast.core.Scenario.empty;
import static io.holdfast.core.Scenario.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Command.TryResult;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import java.util.List;
import org.junit.jupiter.api.Test;

class TccTest {

    private final Scenario s = new Scenario();

    @Test
    void confirmCallsEveryBranchAtOnceAndEndsWithTheLastAnswer() {
        assertChanged(s.begin(TCC, branch("a"), branch("b")));
        assertThat(s.calls()).isEmpty();
        assertChanged(s.confirm());
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
        assertThat(s.calls()).containsExactly("0 confirm", "1 confirm");
        assertChanged(s.done(1, CONFIRM));
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
        assertThat(s.calls()).containsExactly("0 confirm");
        assertChanged(s.done(0, CONFIRM));
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
        assertThat(s.transaction().finishedWallMillis()).isPositive();
        assertThat(s.transaction().reason()).isEmpty();
        assertThat(s.transaction().branches()).allMatch(b -> b.backward() == Progress.IDLE);
    }

    @Test
    void cancelCallsEveryRegisteredBranchAndKeepsTheReason() {
        s.begin(TCC, branch("a"));
        s.register(branch("b"));
        assertChanged(s.cancel("stock is gone"));
        assertThat(s.calls()).containsExactly("0 cancel", "1 cancel");
        s.done(0, CANCEL);
        s.done(1, CANCEL);
        assertThat(s.state()).isEqualTo(State.CANCELLED);
        assertThat(s.transaction().reason()).isEqualTo("stock is gone");
        assertThat(s.transaction().branches()).allMatch(b -> b.forward() == Progress.IDLE);
    }

    @Test
    void deadlineCancelsWhatIsUndecided() {
        s.begin(TCC, branch("a"));
        s.pass(29_999);
        assertThat(s.state()).isEqualTo(State.TRYING);
        s.pass(1);
        assertThat(s.state()).isEqualTo(State.CANCELLING);
        assertThat(s.transaction().reason()).isEqualTo("Timeout after 30 seconds");
        assertThat(s.calls()).containsExactly("0 cancel");
    }

    @Test
    void deadlineNeverTouchesWhatIsDecided() {
        s.begin(TCC, branch("a"));
        s.later(29_999).confirm();
        s.pass(10_000_000);
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
        assertThat(s.calls()).containsExactly("0 confirm");
    }

    @Test
    void decisionThatComesWithTheDeadlineWins() {
        s.begin(TCC, branch("a"));
        assertChanged(s.later(30_000).confirm());
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
    }

    @Test
    void decisionAfterTheDeadlineIsRefusedAndTellsTheState() {
        s.begin(TCC, branch("a"));
        s.pass(30_000);
        Reply reply = s.confirm();
        assertRefused(reply, ErrorCode.DECISION_CONFLICT);
        assertThat(((Reply.Refused) reply).transaction()).isEqualTo(s.transaction());
        assertThat(s.state()).isEqualTo(State.CANCELLING);
        assertUnchanged(s.cancel("late, but the same"));
        assertThat(s.transaction().reason()).isEqualTo("Timeout after 30 seconds");
    }

    @Test
    void aFractionOfASecondIsShown() {
        s.begin(GID, TCC, 1_050, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a"));
        s.pass(1_050);
        assertThat(s.transaction().reason()).isEqualTo("Timeout after 1.050 seconds");
    }

    @Test
    void aDecisionNeverChanges() {
        s.begin(TCC, branch("a"));
        s.confirm();
        assertRefused(s.cancel("changed my mind"), ErrorCode.DECISION_CONFLICT);
        s.done(0, CONFIRM);
        assertRefused(s.cancel("still"), ErrorCode.DECISION_CONFLICT);
        assertUnchanged(s.confirm());
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
    }

    @Test
    void withoutBranchesADecisionEndsAtOnce() {
        s.begin(TCC);
        assertChanged(s.confirm());
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
        s.begin("other", TCC);
        s.apply(new Command.Decide("other", io.holdfast.api.Decision.CANCEL, "", List.of()));
        assertThat(s.transaction("other").state()).isEqualTo(State.CANCELLED);
        assertThat(s.transaction("other").reason()).isEqualTo("cancelled by the caller");
    }

    @Test
    void emptyUrlsAreNeverCalledAndCountAsDone() {
        s.begin(TCC, empty("a"), branch("b"), new BranchSpec("c", "", "http://p/c/cancel", Payload.EMPTY));
        s.confirm();
        assertThat(s.calls()).containsExactly("1 confirm");
        s.done(1, CONFIRM);
        assertThat(s.state()).isEqualTo(State.CONFIRMED);
    }

    @Test
    void registrationIsRefusedAfterTheDecision() {
        s.begin(TCC, branch("a"));
        s.confirm();
        assertRefused(s.register(branch("b")), ErrorCode.WRONG_STATE);
        assertThat(s.transaction().branches()).hasSize(1);
    }

    @Test
    void registrationInASagaIsRefused() {
        s.begin(SAGA, branch("a"));
        assertRefused(s.register(branch("b")), ErrorCode.WRONG_STATE);
    }

    @Test
    void repeatedRegistrationTakesEffectOnce() {
        s.begin(TCC, branch("a"));
        assertChanged(s.register(branch("b")));
        assertUnchanged(s.register(branch("b")));
        assertUnchanged(s.register(branch("a"), branch("b")));
        assertThat(s.transaction().branches()).extracting(Branch::branchId).containsExactly("a", "b");
    }

    @Test
    void registrationWithOtherContentsIsRefusedWhole() {
        s.begin(TCC, branch("a"));
        BranchSpec a = branch("a");
        for (BranchSpec other : List.of(new BranchSpec("a", "http://x", a.backwardUrl(), a.payload()),
                new BranchSpec("a", a.forwardUrl(), "http://x", a.payload()),
                new BranchSpec("a", a.forwardUrl(), a.backwardUrl(), payload("longer than the other one")),
                new BranchSpec("a", a.forwardUrl(), a.backwardUrl(), payload("BODY of a")))) {
            assertRefused(s.register(branch("new"), other), ErrorCode.BRANCH_CONFLICT);
        }
        assertThat(s.transaction().branches()).hasSize(1);
    }

    @Test
    void oneIdTwiceInOneRegistrationIsOneBranchOrAConflict() {
        s.begin(TCC);
        assertRefused(s.register(branch("a"), new BranchSpec("a", "http://x", "", Payload.EMPTY)),
                ErrorCode.BRANCH_CONFLICT);
        assertChanged(s.register(branch("a"), branch("a")));
        s.confirm();
        assertThat(s.calls()).containsExactly("0 confirm");
    }

    @Test
    void oneIdTwiceInOneBeginIsRefused() {
        assertRefused(s.begin(TCC, branch("a"), branch("a")), ErrorCode.INVALID);
        assertThat(s.core.find(GID)).isNull();
    }

    @Test
    void repeatedBeginTellsTheStateThatWasReached() {
        s.begin(TCC, branch("a"));
        s.confirm();
        Reply reply = s.begin(TCC, branch("a"));
        assertUnchanged(reply);
        assertThat(((Reply.Done) reply).transaction().state()).isEqualTo(State.CONFIRMING);
        assertRefused(s.begin(SAGA, branch("a")), ErrorCode.MODE_CONFLICT);
        assertThat(s.core.unfinished()).isEqualTo(1);
    }

    @Test
    void onlyTheFirstAnswerCounts() {
        s.begin(TCC, branch("a"), branch("b"));
        s.confirm();
        assertChanged(s.apply(new Command.Answered(GID, 0, CONFIRM, true, true, "")));
        Transaction first = s.transaction();
        assertUnchanged(s.later(5).done(0, CONFIRM));
        assertThat(s.transaction()).isEqualTo(first);
        assertThat(first.branches().getFirst().alreadyDone()).isTrue();
    }

    @Test
    void answersToWhatIsNotOwedChangeNothing() {
        s.begin(TCC, branch("a"));
        assertUnchanged(s.done(0, CONFIRM));
        assertUnchanged(s.done(0, CANCEL));
        s.confirm();
        Transaction before = s.transaction();
        assertUnchanged(s.done(0, CANCEL));
        assertUnchanged(s.done(0, ACTION));
        assertThat(s.transaction()).isEqualTo(before);
    }

    @Test
    void aFailingConfirmNeverBecomesACancel() {
        s.begin(TCC, branch("a"));
        s.confirm();
        assertRefused(s.apply(new Command.Answered(GID, 0, CONFIRM, false, false, "no")), ErrorCode.INVALID);
        s.attemptFailed(0);
        s.apply(new Command.ErrorNoted(GID, 0, CONFIRM, "status 500"));
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
        assertThat(s.calls()).containsExactly("0 confirm");
        assertThat(s.transaction().branches().getFirst().lastError()).isEqualTo("status 500");
    }

    @Test
    void bodiesAndTryResultsAreHandedOut() {
        s.begin(TCC, branch("a"), empty("b"));
        assertThat(s.last.kept()).containsExactly(new KeptBody(GID, 0, BodyKind.PAYLOAD, payload("body of a")));
        s.confirm(new TryResult("b", payload("hold 7")));
        assertThat(s.last.kept()).containsExactly(new KeptBody(GID, 1, BodyKind.TRY_RESULT, payload("hold 7")));
        assertThat(s.transaction().branches()).extracting(Branch::tryResultBytes).containsExactly(-1, 6);
    }

    @Test
    void aTryResultOfAnUnknownBranchIsRefusedAndDecidesNothing() {
        s.begin(TCC, branch("a"));
        assertRefused(s.confirm(new TryResult("z", Payload.EMPTY)), ErrorCode.INVALID);
        assertThat(s.state()).isEqualTo(State.TRYING);
    }

    @Test
    void everyCommandForAnUnknownGidIsRefused() {
        assertRefused(s.register(branch("a")), ErrorCode.NOT_FOUND);
        assertRefused(s.confirm(), ErrorCode.NOT_FOUND);
        assertRefused(s.done(0, CONFIRM), ErrorCode.NOT_FOUND);
        assertRefused(s.attemptFailed(0), ErrorCode.NOT_FOUND);
        assertRefused(s.apply(new Command.ErrorNoted(GID, 0, CONFIRM, "x")), ErrorCode.NOT_FOUND);
        assertRefused(s.apply(new Command.AttentionNeeded(GID, "x")), ErrorCode.NOT_FOUND);
        assertRefused(s.operate(Command.OperatorAction.RETRY, ""), ErrorCode.NOT_FOUND);
        s.begin(TCC, branch("a"));
        assertRefused(s.done(1, CONFIRM), ErrorCode.NOT_FOUND);
    }

    @Test
    void deadlinesThatCannotBeAreRefusedAndHugeOnesNeverPass() {
        assertRefused(s.begin(GID, TCC, -1, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a")), ErrorCode.INVALID);
        s.pass(1);
        assertChanged(s.begin(GID, TCC, Long.MAX_VALUE, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a")));
        s.pass(200_000);
        s.pass(1L << 40);
        assertThat(s.state()).isEqualTo(State.TRYING);
        assertThat(s.core.nextWakeAtMillis()).isEqualTo(Long.MAX_VALUE);
    }
}
