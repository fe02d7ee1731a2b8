package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.api.Operation.CONFIRM;
import static io.holdfast.core.Scenario.GID;
import static io.holdfast.core.Scenario.assertChanged;
import static io.holdfast.core.Scenario.assertRefused;
import static io.holdfast.core.Scenario.assertUnchanged;
import static io.holdfast.core.Scenario.branch;
import static io.holdfast.core.Scenario.empty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {

    @Test
    void overTheBoundOfUnfinishedOnlyNewOnesAreRefused() {
        Scenario s = new Scenario(new Limits(2, 1 << 30, 10, 10));
        s.begin(TCC, branch("a"));
        s.begin("two", TCC);
        assertRefused(s.begin("three", TCC), ErrorCode.OVERLOADED);
        assertUnchanged(s.begin("two", TCC));
        assertChanged(s.register(branch("b")));
        assertChanged(s.confirm());
        s.done(0, CONFIRM);
        assertChanged(s.done(1, CONFIRM));
        assertChanged(s.begin("three", TCC));
    }

    @Test
    void whatEndsAtOnceNeedsRoomTooButTakesNone() {
        Scenario s = new Scenario(new Limits(1, 1 << 30, 10, 10));
        assertChanged(s.begin(SAGA));
        assertThat(s.core.unfinished()).isZero();
        assertChanged(s.begin("two", TCC));
        assertRefused(s.begin("three", SAGA), ErrorCode.OVERLOADED);
    }

    @Test
    void liveBytesBoundBeginAndLaterRegistrations() {
        Scenario s = new Scenario(new Limits(1_000, 100_000, 1_000, 10));
        BranchSpec big = new BranchSpec("a", "http://p", "http://p", Payload.of(new byte[60_000]));
        s.begin(TCC, big);
        assertChanged(s.begin("two", TCC, big));
        assertRefused(s.begin("three", TCC), ErrorCode.OVERLOADED);
        assertChanged(s.register(new BranchSpec("b", "http://p", "http://p", Payload.of(new byte[10_000]))));
        assertRefused(s.register(branch("c")), ErrorCode.OVERLOADED);
        assertChanged(s.cancel("to make room"));
        s.done(0, io.holdfast.api.Operation.CANCEL);
        s.done(1, io.holdfast.api.Operation.CANCEL);
        assertChanged(s.begin("three", TCC));
    }

    @Test
    void liveBytesReturnToZero() {
        Scenario s = new Scenario();
        s.apply(new Command.Begin(GID, TCC, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                new Attributes("native", "trace", "key", "data", List.of(new Attributes.Header("n", "v".repeat(5_000))),
                        false),
                List.of(branch("a"))));
        assertThat(s.core.liveBytes()).isGreaterThan(5_000);
        s.confirm();
        s.done(0, CONFIRM);
        assertThat(s.core.liveBytes()).isZero();
    }

    @Test
    void aBoundThatIsNoneRefusesNothing() {
        Scenario s = new Scenario(new Limits(10, Long.MAX_VALUE, 10, 10));
        s.begin(TCC);
        assertChanged(s.register(branch("a")));
    }

    @Test
    void branchesAreBoundedOverAllRegistrations() {
        Scenario s = new Scenario(new Limits(10, 1 << 30, 2, 10));
        assertRefused(s.begin(TCC, branch("a"), branch("b"), branch("c")), ErrorCode.TOO_LARGE);
        s.begin(TCC, branch("a"));
        assertRefused(s.register(branch("b"), branch("c")), ErrorCode.TOO_LARGE);
        assertChanged(s.register(branch("b")));
        assertUnchanged(s.register(branch("a"), branch("b")));
        assertRefused(s.register(branch("c")), ErrorCode.TOO_LARGE);
    }

    @Test
    void tombstonesAnswerDuplicatesUntilTheyLeaveOldestFirst() {
        Scenario s = new Scenario(new Limits(10, 1 << 30, 10, 2));
        for (String gid : List.of("one", "two", "three")) {
            s.begin(gid, TCC, branch("a"));
        }
        finish(s, "two");
        finish(s, "one");
        assertThat(s.core.evictedThrough()).isZero();
        long twoFinished = s.core.sequence() - 2;
        assertUnchanged(s.begin("two", TCC, branch("a")));
        finish(s, "three");
        assertThat(s.last.evicted()).containsExactly("two");
        assertThat(s.core.evictedThrough()).isEqualTo(twoFinished);
        assertThat(s.core.find("two")).isNull();
        assertThat(s.transaction("one").state()).isEqualTo(State.CONFIRMED);
        assertThat(s.core.finishedKept()).isEqualTo(2);
    }

    @Test
    void largeTombstonesLeaveBeforeTheirNumberIsReached() {
        Scenario s = new Scenario(new Limits(100, 40_000, 10, 100));
        Attributes large = new Attributes("", "", "", "x".repeat(3_000), List.of(), false);
        for (int i = 0; i < 10; i++) {
            s.apply(new Command.Begin("g" + i, SAGA, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, large, List.of(),
                    Scenario.CERTAIN));
        }
        // A quarter of 40,000 bytes holds two of about 3,512.
        assertThat(s.core.finishedKept()).isEqualTo(2);
        assertThat(s.core.find("g9")).isNotNull();
        assertThat(s.core.find("g7")).isNull();
    }

    @Test
    void beginNeedsALookAtTheArchiveThatIsNewEnough() {
        Scenario s = new Scenario(new Limits(10, 1 << 30, 10, 0));
        s.begin("gone", TCC, branch("a"));
        finish(s, "gone");
        long finished = s.core.sequence();
        var begin = new Command.Begin("gone", TCC, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                List.of());
        assertThat(s.apply(begin)).isEqualTo(new Reply.LookAgain());
        assertThat(s.apply(begin.withLookedAt(finished - 1))).isEqualTo(new Reply.LookAgain());
        assertThat(s.core.find("gone")).isNull();
        assertChanged(s.apply(begin.withLookedAt(finished)));
    }

    @Test
    void aGidStandsForOneTransactionThroughoutAnEntry() {
        Scenario s = new Scenario(new Limits(10, 1 << 30, 10, 0));
        var begin = new Command.Begin(GID, SAGA, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                List.of(empty("a")));
        Outcome outcome = s.entry(List.of(begin, begin));
        assertChanged(outcome.replies().get(0));
        assertUnchanged(outcome.replies().get(1));
        assertThat(outcome.evicted()).containsExactly(GID);
        assertThat(s.core.find(GID)).isNull();
    }

    @Test
    void nothingUnfinishedLeavesHoweverManyFinish() {
        Scenario s = new Scenario(new Limits(10, 1 << 30, 10, 1));
        s.begin(TCC, branch("a"));
        s.confirm();
        for (int i = 0; i < 3_000; i++) {
            s.apply(new Command.Begin("f" + i, SAGA, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                    List.of(), Scenario.CERTAIN));
        }
        assertThat(s.state()).isEqualTo(State.CONFIRMING);
        assertThat(s.calls()).containsExactly("0 confirm");
        assertThat(s.core.finishedKept()).isEqualTo(1);
    }

    @Test
    void aBootMayLowerTheBounds() {
        Scenario s = new Scenario();
        s.begin("one", SAGA);
        s.begin("two", SAGA);
        s.apply(new Command.Boot(2, 7, new Limits(10, 1 << 30, 10, 1)));
        assertThat(s.last.evicted()).containsExactly("one");
        assertThat(s.core.bootNumber()).isEqualTo(2);
        assertThatThrownBy(() -> s.apply(new Command.Boot(2, 7, Limits.DEFAULT)))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("boot number");
    }

    @Test
    void entriesOutOfOrderStopTheCore() {
        assertThatThrownBy(() -> new Core().step(new Entry(2, 0, 0, List.of())))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("entry 2 after 0");
        Core core = new Core();
        core.step(new Entry(1, 5, 0, List.of()));
        assertThatThrownBy(() -> core.step(new Entry(2, 4, 0, List.of())))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("went back");
        assertThatThrownBy(() -> new Core().step(new Entry(1, 0, 0, List.of(new Command.Activate(Core.VERSION + 1)))))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("newer than this build");
    }

    @Test
    void listsStartAnywhere() {
        Scenario s = new Scenario(new Limits(10_000, 1 << 30, 10, 1));
        s.begin("kept", TCC);
        for (int i = 0; i < 2_500; i++) {
            s.apply(new Command.Begin("f" + i, SAGA, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                    List.of(), Scenario.CERTAIN));
        }
        assertThat(gids(s.core, 0)).containsExactly("kept", "f2499");
        assertThat(gids(s.core, 1)).containsExactly("f2499");
        for (long far : new long[]{2_501, 1L << 31, 1L << 32, (1L << 42) + 1, Long.MAX_VALUE}) {
            assertThat(gids(s.core, far)).as("from %s", far).isEmpty();
        }
    }

    private static List<String> gids(Core core, long from) {
        List<String> gids = new ArrayList<>();
        core.forEach(from, (ordinal, transaction) -> gids.add(transaction.gid()));
        return gids;
    }

    private static void finish(Scenario s, String gid) {
        s.apply(new Command.Decide(gid, io.holdfast.api.Decision.CONFIRM, "", List.of()));
        s.apply(new Command.Answered(gid, 0, CONFIRM, true, false, ""));
    }
}
