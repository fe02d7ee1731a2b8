package io.holdfast.simulator.history;

import static io.holdfast.simulator.history.GidState.CANCELLED;
import static io.holdfast.simulator.history.GidState.CANCELLING;
import static io.holdfast.simulator.history.GidState.CONFIRMED;
import static io.holdfast.simulator.history.GidState.CONFIRMING;
import static io.holdfast.simulator.history.GidState.OPEN;
import static io.holdfast.simulator.history.GidState.SETTLED_BY_HAND;
import static io.holdfast.simulator.history.Told.BEGIN;
import static io.holdfast.simulator.history.Told.BEGIN_SAGA;
import static io.holdfast.simulator.history.Told.CANCEL;
import static io.holdfast.simulator.history.Told.CONFIRM;
import static io.holdfast.simulator.history.Told.NOT_FOUND;
import static io.holdfast.simulator.history.Told.QUERY;
import static io.holdfast.simulator.history.Told.SETTLE;
import static io.holdfast.simulator.history.Told.UNKNOWN;
import static io.holdfast.simulator.history.Told.changedTo;
import static io.holdfast.simulator.history.Told.conflict;
import static io.holdfast.simulator.history.Told.foundDone;
import static io.holdfast.simulator.history.Told.refused;
import static io.holdfast.simulator.history.Told.saw;
import static io.holdfast.simulator.history.Told.told;
import static io.holdfast.simulator.history.Told.unanswered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories written by hand, and what they are judged to be. */
class LinearizabilityCheckerTest {

    private static final Told BEGUN = told(0, 1, BEGIN, changedTo(OPEN));
    private static final Told SAGA_BEGUN = told(0, 1, BEGIN_SAGA, changedTo(OPEN));
    private static final Told CONFIRM_TOLD = told(10, 11, CONFIRM, changedTo(CONFIRMING));
    private static final Told CANCEL_TOLD = told(10, 11, CANCEL, changedTo(CANCELLING));

    // --- legal

    @Test
    void anOrdinaryLifeIsLegal() {
        legal(told(0, 1, QUERY, NOT_FOUND), told(2, 3, BEGIN, changedTo(OPEN)), told(4, 5, QUERY, saw(OPEN)),
                told(6, 7, CONFIRM, changedTo(CONFIRMING)), told(8, 9, QUERY, saw(CONFIRMING)),
                told(10, 11, CONFIRM, foundDone(CONFIRMING)), told(12, 13, QUERY, saw(CONFIRMED)),
                told(14, 15, BEGIN, foundDone(CONFIRMED)), told(16, 17, CONFIRM, foundDone(CONFIRMED)),
                told(18, 19, CANCEL, conflict(CONFIRMED)));
    }

    @Test
    void nothingAskedIsLegal() {
        assertThat(new LinearizabilityChecker().check(new History())).isEqualTo(new Verdict.Ok(0, 0));
    }

    @Test
    void whoAsksDuringADecisionMaySeeEitherState() {
        legal(BEGUN, told(10, 20, CONFIRM, changedTo(CONFIRMING)), told(11, 19, QUERY, saw(OPEN)),
                told(11, 19, QUERY, saw(CONFIRMED)));
    }

    @Test
    void theDeadlineMayDecideFirst() {
        legal(BEGUN, told(2, 3, QUERY, saw(CANCELLING)), told(4, 5, CONFIRM, conflict(CANCELLED)),
                told(6, 7, CANCEL, foundDone(CANCELLED)));
    }

    @Test
    void anUnknownDecisionMayTakeEffectLate() {
        legal(BEGUN, told(2, 3, CONFIRM, UNKNOWN), told(10, 11, QUERY, saw(OPEN)),
                told(20, 21, QUERY, saw(CONFIRMING)));
    }

    @Test
    void anUnknownDecisionMayComeBeforeAnotherOne() {
        legal(BEGUN, unanswered(2, CONFIRM), told(10, 11, CANCEL, conflict(CONFIRMING)));
    }

    @Test
    void anUnknownDecisionMayNeverTakeEffect() {
        legal(BEGUN, unanswered(2, CONFIRM), CANCEL_TOLD, told(20, 21, QUERY, saw(CANCELLED)));
    }

    @Test
    void anUnknownBeginMayNeverTakeEffect() {
        legal(told(0, 1, BEGIN, UNKNOWN), told(10, 11, QUERY, NOT_FOUND), told(20, 21, CONFIRM, NOT_FOUND));
    }

    @Test
    void anUnknownBeginMayTakeEffectLate() {
        legal(unanswered(0, BEGIN), told(10, 11, QUERY, NOT_FOUND), told(20, 21, BEGIN, foundDone(OPEN)));
    }

    @Test
    void aRefusedBeginChangesNothing() {
        legal(told(0, 1, BEGIN, refused(GidState.ABSENT)), told(2, 3, QUERY, NOT_FOUND),
                told(4, 5, BEGIN, changedTo(OPEN)), told(6, 7, BEGIN, new Response.Refused(StateSet.ALL)));
    }

    @Test
    void ofTwoBeginsAtATimeOneIsTheFirst() {
        legal(told(0, 10, BEGIN, foundDone(OPEN)), told(0, 10, BEGIN, changedTo(OPEN)));
    }

    @Test
    void whatNeedsNoCallEndsAtOnce() {
        legal(BEGUN, told(2, 3, CONFIRM, changedTo(CONFIRMED)));
        legal(told(0, 1, BEGIN_SAGA, changedTo(CONFIRMED)));
    }

    @Test
    void aSagaConfirmsByItselfAlone() {
        legal(SAGA_BEGUN, told(2, 3, CONFIRM, refused(OPEN)), told(4, 5, QUERY, saw(CONFIRMED)),
                told(6, 7, CONFIRM, foundDone(CONFIRMED)), told(8, 9, CANCEL, conflict(CONFIRMED)));
    }

    @Test
    void aSagaCompensates() {
        legal(SAGA_BEGUN, told(2, 3, QUERY, saw(CANCELLING)), told(4, 5, CONFIRM, conflict(CANCELLING)),
                told(6, 7, QUERY, saw(CANCELLED)));
    }

    @Test
    void anOperatorMaySettleWhatIsDecided() {
        legal(BEGUN, CONFIRM_TOLD, told(12, 13, SETTLE, changedTo(SETTLED_BY_HAND)),
                told(14, 15, CONFIRM, refused(SETTLED_BY_HAND)), told(16, 17, SETTLE, refused(SETTLED_BY_HAND)),
                told(18, 19, BEGIN, foundDone(SETTLED_BY_HAND)));
    }

    @Test
    void anOperatorWhomNobodyRecordsMaySettle() {
        History history = Told.history(List.of(BEGUN, told(2, 3, QUERY, saw(SETTLED_BY_HAND))));
        assertThat(new LinearizabilityChecker().check(history)).isInstanceOf(Verdict.Illegal.class);
        history.mayBeSettledUnseen(Told.GID);
        assertThat(new LinearizabilityChecker().check(history)).isEqualTo(new Verdict.Ok(1, 3));
    }

    @Test
    void equalTimesProveNoOrder() {
        legal(BEGUN, told(1, 1, QUERY, NOT_FOUND));
        illegal(2, BEGUN, told(2, 2, QUERY, NOT_FOUND));
    }

    @Test
    void aResponseMayLeaveStatesOpen() {
        legal(BEGUN, told(2, 3, QUERY, saw(OPEN, CONFIRMING)), CONFIRM_TOLD, told(12, 13, QUERY, saw(OPEN, CONFIRMED)));
        illegal(3, BEGUN, CONFIRM_TOLD, told(12, 13, QUERY, saw(OPEN, CANCELLED)));
    }

    // --- illegal

    @Test
    void anOldStateAfterAnAcknowledgedDecisionIsIllegal() {
        illegal(3, BEGUN, CONFIRM_TOLD, told(12, 13, QUERY, saw(OPEN)));
    }

    @Test
    void anOldStateAfterSomebodySawTheNewOneIsIllegal() {
        illegal(4, BEGUN, told(10, 30, CONFIRM, changedTo(CONFIRMING)), told(12, 13, QUERY, saw(CONFIRMING)),
                told(14, 15, QUERY, saw(OPEN)));
    }

    @Test
    void notFoundAfterAnAcknowledgedBeginIsIllegal() {
        illegal(2, BEGUN, told(2, 3, QUERY, NOT_FOUND));
        illegal(2, BEGUN, told(2, 3, CONFIRM, NOT_FOUND));
        illegal(2, BEGUN, told(2, 3, SETTLE, NOT_FOUND));
    }

    @Test
    void aDecisionThatFlipsIsIllegal() {
        illegal(3, BEGUN, CONFIRM_TOLD, told(12, 13, QUERY, saw(CANCELLING)));
        illegal(3, BEGUN, told(2, 3, QUERY, saw(CANCELLING)), told(4, 5, QUERY, saw(CONFIRMED)));
        illegal(3, BEGUN, CANCEL_TOLD, told(12, 13, QUERY, saw(CONFIRMED)));
    }

    @Test
    void twoDifferentDecisionsAreIllegalAlsoAtTheSameTime() {
        illegal(3, BEGUN, CONFIRM_TOLD, told(12, 13, CANCEL, changedTo(CANCELLING)));
        illegal(2, BEGUN, told(10, 30, CONFIRM, changedTo(CONFIRMING)), told(10, 20, CANCEL, changedTo(CANCELLING)));
    }

    @Test
    void oneDecisionTakesEffectOnce() {
        illegal(3, BEGUN, CONFIRM_TOLD, told(12, 13, CONFIRM, changedTo(CONFIRMED)));
    }

    @Test
    void whatIsFinishedIsNotDecidedAgain() {
        illegal(4, BEGUN, CONFIRM_TOLD, told(12, 13, QUERY, saw(CONFIRMED)),
                told(14, 15, CANCEL, changedTo(CANCELLING)));
        illegal(4, BEGUN, CONFIRM_TOLD, told(12, 13, QUERY, saw(CONFIRMED)), told(14, 15, QUERY, saw(CONFIRMING)));
    }

    @Test
    void whatIsSettledStaysSettled() {
        Told settled = told(12, 13, SETTLE, changedTo(SETTLED_BY_HAND));
        illegal(4, BEGUN, CONFIRM_TOLD, settled, told(14, 15, QUERY, saw(CONFIRMED)));
        illegal(4, BEGUN, CONFIRM_TOLD, settled, told(14, 15, CONFIRM, foundDone(CONFIRMING)));
        illegal(4, BEGUN, CONFIRM_TOLD, settled, told(14, 15, SETTLE, changedTo(SETTLED_BY_HAND)));
    }

    @Test
    void aConflictWithTheDecisionAskedForIsIllegal() {
        illegal(3, BEGUN, CONFIRM_TOLD, told(12, 13, CONFIRM, conflict(CONFIRMING)));
        illegal(2, BEGUN, told(2, 3, CANCEL, conflict(CANCELLING)));
    }

    @Test
    void aConflictWithAConfirmationNobodyAskedForIsIllegal() {
        illegal(2, BEGUN, told(2, 3, CANCEL, conflict(CONFIRMING)));
    }

    @Test
    void nothingComesFromNothing() {
        illegal(1, told(0, 1, QUERY, saw(OPEN)));
        illegal(1, told(0, 1, CONFIRM, changedTo(CONFIRMING)));
        illegal(1, told(0, 1, BEGIN, foundDone(OPEN)));
        illegal(1, told(0, 1, QUERY, saw(OPEN)), told(2, 3, BEGIN, changedTo(OPEN)));
        illegal(2, told(0, 1, BEGIN, refused(GidState.ABSENT)), told(2, 3, QUERY, saw(OPEN)));
    }

    @Test
    void aTccIsNotConfirmedByItself() {
        illegal(2, BEGUN, told(2, 3, QUERY, saw(CONFIRMING)));
        illegal(2, BEGUN, told(2, 3, CONFIRM, foundDone(CONFIRMING)));
        illegal(2, BEGUN, told(2, 3, QUERY, saw(CONFIRMED)), unanswered(4, CONFIRM));
    }

    @Test
    void aSagaIsNotConfirmedByItsCaller() {
        illegal(2, SAGA_BEGUN, told(2, 3, CONFIRM, changedTo(CONFIRMED)));
        illegal(2, SAGA_BEGUN, told(2, 3, QUERY, saw(CONFIRMING)));
    }

    @Test
    void twoFirstBeginsAreIllegal() {
        illegal(2, told(0, 10, BEGIN, changedTo(OPEN)), told(0, 11, BEGIN, changedTo(OPEN)));
    }

    @Test
    void nobodySettledIt() {
        illegal(2, BEGUN, told(2, 3, QUERY, saw(SETTLED_BY_HAND)));
    }

    @Test
    void anUnknownBeginTakesEffectOnce() {
        // It begins, its transaction is seen, and then it would have to be gone.
        illegal(3, unanswered(0, BEGIN), told(2, 3, QUERY, saw(OPEN)), told(4, 5, BEGIN, changedTo(OPEN)));
    }

    @Test
    void ofManyGidsTheIllegalOneIsNamed() {
        History history = new History();
        for (String gid : List.of("c", "b", "a")) {
            Exchange<Response.ToBegin> begin = history.invoke(gid, BEGIN, 0);
            history.complete(begin, changedTo(OPEN), 1);
            Exchange<Response.ToQuery> query = history.invoke(gid, QUERY, 2);
            history.complete(query, gid.equals("a") ? saw(OPEN) : NOT_FOUND, 3);
        }
        LinearizabilityChecker checker = new LinearizabilityChecker();
        assertThat(checker.check(history)).isInstanceOfSatisfying(Verdict.Illegal.class,
                illegal -> assertThat(illegal.gid()).isEqualTo("b"));
        assertThat(checker.check(history, "a")).isEqualTo(new Verdict.Ok(1, 2));
        assertThat(checker.check(history, "never asked about")).isEqualTo(new Verdict.Ok(1, 0));
    }

    // --- what is said about it

    @Test
    void theExplanationShowsHowFarItIsPossible() {
        List<Told> lines = List.of(BEGUN, told(2, 9, CONFIRM, UNKNOWN), told(4, 5, QUERY, saw(CONFIRMED)),
                told(6, 7, CANCEL, changedTo(CANCELLED)), told(8, 9, QUERY, saw(CANCELLED)), unanswered(9, SETTLE));
        assertThat(Told.check(lines)).isInstanceOfSatisfying(Verdict.Illegal.class,
                illegal -> assertThat(illegal.explanation()).isEqualTo("""
                        gid g: the responses cannot come from one object
                        what was asked and told, with the times of both:
                          #1 [0, 1] begin TCC: done, changed to OPEN
                          #2 [2, open] decide CONFIRM: unknown
                          #3 [4, 5] query: saw CONFIRMED
                          #4 [6, 7] decide CANCEL: done, changed to CANCELLED
                          #5 [8, 9] query: saw CANCELLED
                          #6 [9, open] settle by hand: no response
                        an order that explains every response before the one below:
                          #1 begin TCC: ABSENT to OPEN
                          #2 decide CONFIRM: OPEN to CONFIRMING
                          the coordinator by itself: CONFIRMING to CONFIRMED
                          #3 query in CONFIRMED
                        the first response without a place in any order:
                          #4 [6, 7] decide CANCEL: done, changed to CANCELLED
                          it would have had to meet the state OPEN
                        """));
    }

    @Test
    void theExplanationShowsWhatTheCoordinatorDidByItself() {
        assertThat(Told.check(List.of(BEGUN, told(2, 3, QUERY, saw(CANCELLING)), told(4, 5, QUERY, saw(OPEN)))))
                .isInstanceOfSatisfying(Verdict.Illegal.class, illegal -> assertThat(illegal.explanation())
                        .contains("  the coordinator by itself: OPEN to CANCELLING\n"));
    }

    @Test
    void theExplanationSaysWhatNoObjectEverAnswers() {
        assertThat(Told.check(List.of(told(2, 3, CANCEL, conflict(CANCELLING)))))
                .isInstanceOfSatisfying(Verdict.Illegal.class, illegal -> assertThat(illegal.explanation())
                        .contains("there was no response before the one below\n")
                        .endsWith("  no state gives this response to this request\n"));
    }

    // --- bounds

    @Test
    void whatTakesTooLongIsNotCalledOk() {
        List<Told> lines = List.of(BEGUN, unanswered(2, CONFIRM), told(4, 5, QUERY, saw(CONFIRMED)));
        assertThat(new LinearizabilityChecker(1).check(Told.history(lines)))
                .isInstanceOfSatisfying(Verdict.TooBig.class, big -> {
                    assertThat(big.gid()).isEqualTo(Told.GID);
                    assertThat(big.requests()).isEqualTo(3);
                });
        assertThat(Told.check(lines)).isInstanceOf(Verdict.Ok.class);
        assertThatThrownBy(() -> new LinearizabilityChecker(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherGidIsJudgedAlthoughOneIsTooBig() {
        History history = Told.history(List.of(BEGUN, unanswered(2, CONFIRM), told(4, 5, QUERY, saw(CONFIRMED))));
        Exchange<Response.ToQuery> query = history.invoke("later", QUERY, 0);
        history.complete(query, saw(OPEN), 1);
        assertThat(new LinearizabilityChecker(1).check(history)).isInstanceOfSatisfying(Verdict.Illegal.class,
                illegal -> assertThat(illegal.gid()).isEqualTo("later"));
    }

    /** Each lost begin could go with each lost decision and each lost order; but one of each is as good as another. */
    @Test
    void hundredsOfLostRequestsAreNotTooBig() {
        List<Told> lines = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            lines.add(unanswered(i, BEGIN));
            lines.add(unanswered(i, CONFIRM));
            lines.add(unanswered(i, SETTLE));
        }
        lines.add(told(1_000, 1_001, QUERY, saw(CONFIRMING)));
        lines.add(told(1_002, 1_003, QUERY, saw(OPEN)));
        assertThat(Told.check(lines)).isInstanceOf(Verdict.Illegal.class);
        lines.removeLast();
        assertThat(Told.check(lines)).isInstanceOf(Verdict.Ok.class);
    }

    @Test
    void whoeverPollsTenThousandTimesIsJudged() {
        List<Told> lines = new ArrayList<>(List.of(BEGUN));
        for (int i = 0; i < 10_000; i++) {
            // Three at a time.
            lines.add(told(10 + i, 12 + i, QUERY, i < 5_000 ? saw(OPEN) : saw(CONFIRMING)));
        }
        lines.add(unanswered(5_000, CONFIRM));
        assertThat(Told.check(lines)).isEqualTo(new Verdict.Ok(1, lines.size()));
        lines.add(told(20_000, 20_001, QUERY, saw(OPEN)));
        assertThat(Told.check(lines)).isInstanceOfSatisfying(Verdict.Illegal.class,
                illegal -> assertThat(illegal.unplaceable().number()).isEqualTo(lines.size()));
    }

    private static void legal(Told... lines) {
        Verdict verdict = Told.check(List.of(lines));
        assertThat(verdict).as("%s", verdict).isEqualTo(new Verdict.Ok(1, lines.length));
        if (lines.length <= Oracle.MAX_REQUESTS) {
            assertThat(Oracle.isLegal(List.of(lines))).isTrue();
        }
    }

    private static void illegal(int unplaceable, Told... lines) {
        assertThat(Told.check(List.of(lines))).isInstanceOfSatisfying(Verdict.Illegal.class, illegal -> {
            assertThat(illegal.gid()).isEqualTo(Told.GID);
            assertThat(illegal.unplaceable().number()).as(illegal.explanation()).isEqualTo(unplaceable);
        });
        assertThat(Oracle.isLegal(List.of(lines))).isFalse();
    }
}
