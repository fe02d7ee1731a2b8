package io.holdfast.server.nativeapi;

import static io.holdfast.server.testing.Transactions.branch;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.testing.Transactions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the person on call reads. */
class DiagnosisTest {

    private static final PendingCall FAILING = new PendingCall(1, "confirm", 12, "status 503: try\n later.", 5_000,
            65_000, false);
    private static final PendingCall UNDER_WAY = new PendingCall(0, "confirm", 1, "", 1_500, 0, true);

    @Test
    void undecidedItWaitsForItsCaller() {
        Diagnosis told = of(State.TRYING, "", 0, List.of(), idle("01"));
        assertThat(told.stateText()).isEqualTo("undecided: its caller tries 1 branch");
        assertThat(told.whyStuck()).isEqualTo("Its caller has not decided yet.");
        assertThat(told.ifNothingIsDone()).isEqualTo(
                "If its caller does not decide within 25 s it is cancelled, and every branch gets Cancel.");
        assertThat(told.held()).containsExactly("01");
        assertThat(told.branchText(0)).isEqualTo("registered; its Try is the caller's to call");
        assertThat(of(State.TRYING, "", 8_000, List.of()).whyStuck())
                .isEqualTo("Its caller has not decided yet, and sent its last heartbeat 2 s ago.");
        assertThat(of(State.TRYING, "frozen", 0, List.of()).ifNothingIsDone())
                .isEqualTo("If its caller does not decide within 25 s it is decided to cancel, but nothing is called"
                        + " until somebody resumes it.");
    }

    @Test
    void decidedItNamesTheCallThatFailsMost() {
        Diagnosis told = of(State.CONFIRMING, "", 0, List.of(UNDER_WAY, FAILING), owed("01"), owed("02"), done("03"));
        assertThat(told.stateText()).isEqualTo("decided to confirm; 1 of 3 branches are confirmed");
        assertThat(told.whyStuck())
                .isEqualTo("Confirm of branch 02 at 127.0.0.1 is not done after 12 attempts, the last"
                        + " error was: status 503: try later; 1 more branch waits too.");
        assertThat(told.ifNothingIsDone()).isEqualTo("Confirm is called now and again, with pauses of at most 5 min,"
                + " until it is answered; the decision stands.");
        assertThat(told.held()).containsExactly("01", "02");
        assertThat(told.branchText(0)).isEqualTo("Confirm is owed; 1 attempt, one under way");
        assertThat(told.branchText(1)).isEqualTo("Confirm is owed; 12 attempts");
        assertThat(told.branchText(2)).isEqualTo("confirmed");
    }

    @Test
    void aCallThatWaitsTellsWhenItIsMadeAgain() {
        assertThat(of(State.CONFIRMING, "", 0, List.of(FAILING), done("01"), owed("02")).ifNothingIsDone())
                .startsWith("Confirm is called again in 1 min 5 s, with pauses");
        assertThat(of(State.CONFIRMING, "", 0, List.of(UNDER_WAY), owed("01")).whyStuck())
                .isEqualTo("Confirm of branch 01 at 127.0.0.1 is under way since 1 s.");
        assertThat(of(State.CONFIRMING, "", 0, List.of(), owed("01")).whyStuck())
                .isEqualTo("An answer is just being recorded.");
    }

    @Test
    void withoutAWorkerItSaysSo() {
        PendingCall due = new PendingCall(0, "confirm", 0, "", -1, 0, false, true);
        Diagnosis told = of(State.CONFIRMING, "", 0, List.of(due), owed("01"));
        assertThat(told.whyStuck())
                .isEqualTo("Confirm of branch 01 at 127.0.0.1 is due and waits for a free slot: every"
                        + " worker is busy, or there is none.");
        assertThat(told.ifNothingIsDone()).startsWith("Confirm is called as soon as a worker has a free slot, with");
    }

    @Test
    void pausedItSaysByWhatAndThatTheDecisionStands() {
        Diagnosis told = of(State.CANCELLING, "stock is being counted.", 0, List.of(),
                branch("01", Progress.IDLE, Progress.OWED), branch("02", Progress.IDLE, Progress.DONE));
        assertThat(told.whyStuck()).isEqualTo("An operator paused it: stock is being counted.");
        assertThat(told.ifNothingIsDone())
                .isEqualTo("Nothing is called until somebody resumes it; the decision stands.");
        assertThat(told.held()).containsExactly("01");
        assertThat(told.branchText(0)).isEqualTo("Cancel is owed; calls are paused");
        assertThat(told.branchText(1)).isEqualTo("cancelled");
    }

    @Test
    void aSagaHoldsWhatItMayHaveToTakeBack() {
        Branch[] branches = {branch("a", Progress.DONE, Progress.IDLE), branch("b", Progress.OWED, Progress.IDLE),
                branch("c", Progress.IDLE, Progress.IDLE)};
        Diagnosis running = of(State.RUNNING, "", 0, List.of(), branches);
        assertThat(running.stateText()).isEqualTo("running; 1 of 3 actions are done");
        assertThat(running.held()).containsExactly("a", "b");
        assertThat(running.ifNothingIsDone()).contains("in 25 s its deadline makes it compensate");
        assertThat(running.branchText(2)).isEqualTo("waits for its turn");

        Diagnosis back = of(State.COMPENSATING, "", 0, List.of(), branch("a", Progress.DONE, Progress.IDLE),
                branch("b", Progress.ABANDONED, Progress.DONE), branch("c", Progress.IDLE, Progress.IDLE));
        assertThat(back.stateText()).isEqualTo(
                "decided to take back what it did; 1 of 2 actions that may have run are compensated");
        assertThat(back.held()).containsExactly("a");
        assertThat(back.branchText(0)).isEqualTo("its compensation waits for its turn");
        assertThat(back.branchText(1)).isEqualTo("compensated");
        assertThat(back.branchText(2)).isEqualTo("never started");
        assertThat(back.deadlineInMillis()).isEqualTo(-1);
    }

    @Test
    void finishedNothingMoreHappens() {
        for (State state : List.of(State.CONFIRMED, State.CANCELLED)) {
            Diagnosis told = of(state, "", 0, List.of(), done("01"));
            assertThat(told.whyStuck()).isEqualTo("It is finished and waits for nothing.");
            assertThat(told.ifNothingIsDone()).isEqualTo("Nothing more happens.");
            assertThat(told.held()).isEmpty();
        }
        assertThat(of(State.SETTLED_BY_HAND, "", 0, List.of(), owed("01"), done("02")).held()).containsExactly("01");
    }

    /** Each is one sentence, whatever the state and whatever is known of the calls. */
    @Test
    void everySentenceIsOne() {
        for (State state : State.values()) {
            for (String paused : List.of("", "why")) {
                for (List<PendingCall> calls : List.of(List.<PendingCall>of(), List.of(FAILING, UNDER_WAY))) {
                    Diagnosis told = of(state, paused, 0, calls, owed("01"), owed("02"));
                    List<String> sentences = new ArrayList<>(List.of(told.whyStuck(), told.ifNothingIsDone()));
                    assertThat(sentences).allSatisfy(sentence -> assertThat(sentence).doesNotContain("\n")
                            .endsWith(".").matches("[A-Z].*").doesNotContain(". "));
                    assertThat(told.stateText()).isNotBlank();
                    assertThat(told.branchText(0)).isNotBlank();
                }
            }
        }
    }

    @Test
    void theDecisionIsKnownAlsoOfWhatWasSettled() {
        Transaction settled = transaction(State.SETTLED_BY_HAND, "", 0);
        assertThat(Decisions.of(settled)).isNull();
        assertThat(Decisions.of(new Transaction(settled.terms(), settled.state(), List.of(), "", 0, 0, 0, 0, 0, "", "",
                List.of(new Transaction.Audit(1, OperatorAction.SETTLE, "ann", "why", State.CONFIRMING)))))
                .isEqualTo(io.holdfast.api.Decision.CONFIRM);
    }

    private static Branch idle(String id) {
        return branch(id, Progress.IDLE, Progress.IDLE);
    }

    private static Branch owed(String id) {
        return branch(id, Progress.OWED, Progress.IDLE);
    }

    private static Branch done(String id) {
        return branch(id, Progress.DONE, Progress.IDLE);
    }

    private static Diagnosis of(State state, String paused, long heartbeatAt, List<PendingCall> calls,
            Branch... branches) {
        return new Diagnosis(new TransactionView(transaction(state, paused, heartbeatAt, branches), calls, List.of(),
                10_000));
    }

    private static Transaction transaction(State state, String paused, long heartbeatAt, Branch... branches) {
        Mode mode = state == State.RUNNING || state == State.COMPENSATING ? Mode.SAGA : Mode.TCC;
        Terms terms = new Terms("g", mode, 7, Transactions.CREATED_MILLIS, 30_000, 35_000, CallPolicy.NATIVE,
                SagaOrder.SEQUENTIAL, Attributes.NONE);
        return new Transaction(terms, state, List.of(branches), "", Transactions.CREATED_MILLIS, 0, 0, 0, 0, paused, "",
                List.of(), heartbeatAt);
    }
}
