package io.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.EngineUnavailable;
import io.holdfast.engine.Coordinator.TransactionView;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An engine that leads, is deposed and follows. */
class EngineRolesTest {

    private final ScriptedLog log = new ScriptedLog();
    private final List<Participants.Call> calls = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private final Engine engine = new Engine(log, new ForgetfulStore(), (call, whenDone) -> calls.add(call), clock,
            new SplittableRandom(1), EngineOptions.DEFAULT, failure -> {
                throw new AssertionError(failure);
            });

    @BeforeEach
    void start() throws StorageException {
        engine.recover();
    }

    private void settle() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Owner owner : engine.owners()) {
                busy |= owner.poll() > 0;
            }
        }
    }

    /** Leads, with its boot committed. */
    private void serve() {
        log.lead();
        settle();
        log.commit();
        settle();
    }

    private Reply done(CompletableFuture<Reply> reply) {
        settle();
        log.commit();
        settle();
        assertThat(reply).isCompleted();
        return reply.join();
    }

    private static void assertUnavailable(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join).hasCauseInstanceOf(EngineUnavailable.class);
    }

    @Test
    void beforeItLeadsItTakesNothingAndAnswersNothing() {
        assertUnavailable(engine.submit(Rig.beginning("g", Mode.TCC)));
        CompletableFuture<@Nullable TransactionView> found = engine.find("g");
        settle();
        assertThat(found).isNotDone();
        log.confirm(-1);
        settle();
        assertUnavailable(found);
        assertThat(log.hasProposal()).isFalse();
        assertThatThrownBy(engine::newGid).isInstanceOf(EngineUnavailable.class);
    }

    @Test
    void takesCommandsOnlyWhenItsBootIsCommitted() {
        log.lead();
        settle();
        assertThat(log.hasProposal()).isTrue();
        assertUnavailable(engine.submit(Rig.beginning("g", Mode.TCC)));
        log.commit();
        settle();
        assertThat(engine.newGid()).isNotEmpty();
        assertThat(done(engine.submit(Rig.beginning("g", Mode.TCC)))).isInstanceOf(Reply.Done.class);
    }

    @Test
    void whoWaitsWhenItIsDeposedHearsThatNobodyKnows() {
        serve();
        CompletableFuture<Reply> proposed = engine.submit(Rig.beginning("proposed", Mode.TCC));
        settle();
        CompletableFuture<Reply> waiting = engine.submit(Rig.beginning("waiting", Mode.TCC));
        settle();
        byte[] lost = log.lose();
        log.depose();
        settle();
        assertUnavailable(proposed);
        assertUnavailable(waiting);
        // The next leader has got it committed all the same.
        log.commit(lost);
        settle();
        assertThat(engine.core().find("proposed")).isNotNull();
        assertThat(engine.core().find("waiting")).isNull();
    }

    @Test
    void aFollowerCallsNobodyAndALeaderCallsWhatIsOwed() {
        serve();
        done(engine.submit(Rig.beginning("g", Mode.SAGA, Rig.branch("1"))));
        assertThat(calls).hasSize(1);
        log.depose();
        settle();
        clock.advanceNanos(3_600_000_000_000L);
        settle();
        assertThat(calls).hasSize(1);
        serve();
        // The first call has not ended yet, and a branch has one at a time.
        assertThat(calls).hasSize(1);
    }

    @Test
    void aNodeThatTakesOverCallsWhatOthersBegan() throws StorageException {
        ScriptedLog others = new ScriptedLog();
        Engine first = new Engine(others, new ForgetfulStore(), (call, whenDone) -> {
        }, clock, new SplittableRandom(2), EngineOptions.DEFAULT, failure -> {
        });
        first.recover();
        others.lead();
        pollAll(first);
        log.commit(others.commit());
        pollAll(first);
        var begun = first.submit(Rig.beginning("g", Mode.SAGA, Rig.branch("1")));
        pollAll(first);
        log.commit(others.commit());
        pollAll(first);
        assertThat(begun).isCompleted();

        settle();
        assertThat(calls).isEmpty();
        serve();
        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.gid()).isEqualTo("g");
            // The first boot was that of the other node.
            assertThat(call.epoch()).startsWith("2.");
        });
        assertThat(engine.core().stateHash()).isNotEqualTo(first.core().stateHash());
    }

    private static void pollAll(Engine one) {
        for (int i = 0; i < 20; i++) {
            one.owners().forEach(Owner::poll);
        }
    }

    @Test
    void aQueryWaitsUntilTheCoreHasWhatWasCommittedWhenItWasConfirmed() {
        serve();
        var begun = engine.submit(Rig.beginning("g", Mode.TCC));
        settle();
        byte[] begin = log.lose();
        assertThat(begun).isNotDone();
        CompletableFuture<@Nullable TransactionView> found = engine.find("g");
        settle();
        assertThat(log.readers()).isEqualTo(1);
        log.confirm(2);
        settle();
        assertThat(found).isNotDone();
        log.commit(begin);
        settle();
        assertThat(found).isCompleted();
        assertThat(found.join()).isNotNull();
    }

    @Test
    void queriesThatComeMeanwhileWaitForTheNextConfirmation() {
        serve();
        CompletableFuture<@Nullable TransactionView> early = engine.find("g");
        settle();
        CompletableFuture<@Nullable TransactionView> late = engine.find("g");
        settle();
        log.confirm(1);
        settle();
        assertThat(early).isCompleted();
        assertThat(late).isNotDone();
        log.confirm(-1);
        settle();
        assertUnavailable(late);
    }

    @Test
    void aFollowerReleasesWhatItsCutsHold() throws StorageException {
        serve();
        log.depose();
        settle();
        CompletableFuture<?> cut = engine.atCut(() -> {
        });
        settle();
        assertThat(cut).isCompleted();
        assertThat(log.releasedThrough()).isEqualTo(1);
    }

    /** A node without a log may wait for it. */
    @Test
    void aLeaderThatHasNothingToProposeReleasesToo() {
        serve();
        CompletableFuture<?> cut = engine.atCut(() -> {
        });
        settle();
        assertThat(cut).isCompleted();
        assertThat(log.hasProposal()).isFalse();
        assertThat(log.releasedThrough()).isEqualTo(1);
    }

    @Test
    void aDecisionOfAnEarlierLeaderStands() {
        serve();
        done(engine.submit(Rig.beginning("g", Mode.TCC, Rig.branch("1"))));
        done(engine.submit(Rig.decision("g", Decision.CONFIRM)));
        log.depose();
        settle();
        serve();
        Reply other = done(engine.submit(Rig.decision("g", Decision.CANCEL)));
        assertThat(other).isInstanceOf(Reply.Refused.class);
        assertThat(engine.core().find("g")).isNotNull().extracting(Transaction::state).isEqualTo(State.CONFIRMING);
    }
}
