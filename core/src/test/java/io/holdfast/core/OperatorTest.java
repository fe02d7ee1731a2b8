package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.api.Operation.ACTION;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.core.Command.OperatorAction.PAUSE;
import static io.holdfast.core.Command.OperatorAction.RESUME;
import static io.holdfast.core.Command.OperatorAction.RETRY;
import static io.holdfast.core.Command.OperatorAction.SETTLE;
import static io.holdfast.core.Scenario.GID;
import static io.holdfast.core.Scenario.assertChanged;
import static io.holdfast.core.Scenario.assertRefused;
import static io.holdfast.core.Scenario.assertUnchanged;
import static io.holdfast.core.Scenario.branch;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.State;
import io.holdfast.core.Transaction.Audit;
import org.junit.jupiter.api.Test;

class OperatorTest {

    private final Scenario s = new Scenario();

    @Test
    void pauseWithdrawsTheCallsAndResumeOwesThemAgain() {
        s.begin(TCC, branch("a"), branch("b"));
        s.confirm();
        s.operate(PAUSE, "participant is being repaired");
        assertThat(s.calls()).isEmpty();
        assertThat(s.last.withdrawn()).hasSize(2);
        assertThat(s.transaction().paused()).isEqualTo("participant is being repaired");
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
        s.operate(RESUME, "");
        assertThat(s.calls()).containsExactly("0 confirm", "1 confirm");
        assertThat(s.transaction().isPaused()).isFalse();
    }

    @Test
    void anAnswerToACallThatWasUnderWayCountsDuringAPause() {
        s.begin(SAGA, branch("a"), branch("b"));
        s.operate(PAUSE, "");
        assertThat(s.transaction().paused()).isEqualTo("paused by ann");
        assertChanged(s.done(0, ACTION));
        assertThat(s.calls()).isEmpty();
        s.operate(RESUME, "");
        assertThat(s.calls()).containsExactly("1 action");
    }

    @Test
    void aDeadlineDecidesDuringAPause() {
        s.begin(TCC, branch("a"));
        s.operate(PAUSE, "");
        s.pass(30_000);
        assertThat(s.state()).isEqualTo(State.CANCELLING);
        assertThat(s.calls()).isEmpty();
        s.operate(RESUME, "");
        assertThat(s.calls()).containsExactly("0 cancel");
    }

    @Test
    void retrySkipsTheBackoffAndChangesNothingElse() {
        s.begin(TCC, branch("a"));
        s.confirm();
        s.operate(RETRY, "fixed");
        assertThat(s.last.nudged()).containsExactly(GID);
        assertThat(s.calls()).containsExactly("0 confirm");
    }

    @Test
    void settleNeedsAReasonStopsTheCallsAndEnds() {
        s.begin(TCC, branch("a"));
        s.confirm();
        assertRefused(s.operate(SETTLE, " "), ErrorCode.INVALID);
        assertThat(s.calls()).hasSize(1);
        s.operate(SETTLE, "paid by hand");
        assertThat(s.state()).isEqualTo(State.SETTLED_BY_HAND);
        assertThat(s.calls()).isEmpty();
        assertThat(s.core.unfinished()).isZero();
        assertUnchanged(s.done(0, CONFIRM));
        assertRefused(s.confirm(), ErrorCode.WRONG_STATE);
        assertRefused(s.cancel(""), ErrorCode.WRONG_STATE);
        for (Command.OperatorAction action : Command.OperatorAction.values()) {
            assertRefused(s.operate(action, "again"), ErrorCode.WRONG_STATE);
        }
    }

    @Test
    void everyOrderIsInTheAuditTrail() {
        s.begin(TCC, branch("a"));
        s.operate(PAUSE, "one");
        s.confirm();
        s.later(7).operate(RESUME, "two");
        s.operate(RETRY, "three");
        s.operate(SETTLE, "four");
        assertThat(s.transaction().audit()).extracting(Audit::action).containsExactly(PAUSE, RESUME, RETRY, SETTLE);
        assertThat(s.transaction().audit()).extracting(Audit::reason).containsExactly("one", "two", "three", "four");
        assertThat(s.transaction().audit()).extracting(Audit::stateBefore).containsExactly(State.TRYING,
                State.CONFIRMING, State.CONFIRMING, State.CONFIRMING);
        assertThat(s.transaction().audit()).allMatch(line -> line.actor().equals("ann"));
        assertThat(s.transaction().audit().get(1).wallMillis() - s.transaction().audit().get(0).wallMillis())
                .isEqualTo(7);
    }

    @Test
    void theAuditTrailIsBoundedButNeverStopsAResumeOrASettle() {
        s.begin(TCC, branch("a"));
        s.confirm();
        for (int i = 1; i < OperatorCommands.MAX_AUDIT_LINES; i++) {
            assertChanged(s.operate(RETRY, "again"));
        }
        assertChanged(s.operate(PAUSE, "enough"));
        assertRefused(s.operate(RETRY, "once more"), ErrorCode.TOO_LARGE);
        assertChanged(s.operate(RESUME, ""));
        assertRefused(s.operate(RESUME, ""), ErrorCode.TOO_LARGE);
        assertRefused(s.operate(PAUSE, ""), ErrorCode.TOO_LARGE);
        assertChanged(s.operate(SETTLE, "by hand"));
    }

    @Test
    void textsOfOperatorsAndParticipantsAreCutButNotThroughACharacter() {
        String longText = "x".repeat(Text.MAX_CHARS - 1) + "😀 and much more";
        String cut = "x".repeat(Text.MAX_CHARS - 1);
        s.begin(TCC, branch("a"));
        s.confirm();
        s.apply(new Command.ErrorNoted(GID, 0, CONFIRM, longText));
        s.apply(new Command.AttentionNeeded(GID, longText));
        s.apply(new Command.Operate(GID, PAUSE, longText, ""));
        assertThat(s.transaction().branches().getFirst().lastError()).isEqualTo(cut);
        assertThat(s.transaction().attention()).isEqualTo(cut);
        assertThat(s.transaction().paused()).hasSize(Text.MAX_CHARS);
        assertThat(s.transaction().audit().getFirst().actor()).isEqualTo(cut);
        s.apply(new Command.Operate(GID, SETTLE, "ann", longText));
        assertThat(s.transaction().audit().getLast().reason()).isEqualTo(cut);
        assertThat(s.transaction().reason()).isEqualTo(cut);
    }

    @Test
    void twoMinutesWithoutProgressAskForAttentionOnce() {
        s.begin(TCC, branch("a"), branch("b"));
        s.confirm();
        s.pass(Core.ATTENTION_AFTER_MILLIS - 1);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(1);
        assertThat(s.transaction().attention()).isEqualTo("no progress for 120 seconds");
        assertThat(s.core.nextWakeAtMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(s.calls()).hasSize(2);
        Transaction before = s.transaction();
        s.pass(Core.ATTENTION_AFTER_MILLIS);
        assertThat(s.transaction()).isEqualTo(before);
    }

    @Test
    void progressClearsAttentionAndStartsTheTimeAnew() {
        s.begin(TCC, branch("a"), branch("b"));
        s.confirm();
        s.pass(Core.ATTENTION_AFTER_MILLIS);
        s.done(0, CONFIRM);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(Core.ATTENTION_AFTER_MILLIS - 1);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(1);
        assertThat(s.transaction().needsAttention()).isTrue();
        s.done(1, CONFIRM);
        assertThat(s.transaction().needsAttention()).isFalse();
    }

    @Test
    void failedAttemptsAskForAttentionOnceAndErrorsAreNoProgress() {
        s.begin(TCC, branch("a"));
        s.confirm();
        assertChanged(s.apply(new Command.AttentionNeeded(GID, "failed 10 times")));
        assertUnchanged(s.apply(new Command.AttentionNeeded(GID, "failed 20 times")));
        s.apply(new Command.ErrorNoted(GID, 0, CONFIRM, "status 500"));
        assertThat(s.transaction().attention()).isEqualTo("failed 10 times");
    }

    @Test
    void whatIsPausedAsksNobody() {
        s.begin(TCC, branch("a"));
        s.confirm();
        s.operate(PAUSE, "");
        s.pass(10 * Core.ATTENTION_AFTER_MILLIS);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.operate(RESUME, "");
        s.pass(Core.ATTENTION_AFTER_MILLIS - 1);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(1);
        assertThat(s.transaction().needsAttention()).isTrue();
    }

    @Test
    void anUndecidedTransactionAsksTooAndKeepsItsDeadline() {
        s.begin(GID, TCC, 300_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a"));
        s.pass(Core.ATTENTION_AFTER_MILLIS);
        assertThat(s.transaction().needsAttention()).isTrue();
        s.pass(300_000 - Core.ATTENTION_AFTER_MILLIS);
        assertThat(s.state()).isEqualTo(State.CANCELLING);
        assertThat(s.transaction().needsAttention()).isFalse();
    }
}
