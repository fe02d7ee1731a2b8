package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.core.Scenario.GID;
import static io.holdfast.core.Scenario.branch;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A caller is thought to be stuck only if both are true: nothing moved for two minutes, no heartbeat for thirty seconds. */
class HeartbeatTest {

    private static final long LONG_DEADLINE = 3_600_000;

    private final Scenario s = new Scenario();

    @Test
    void aCallerThatFallsSilentAtOnceIsMarkedAfterTwoMinutes() {
        begin();
        s.later(1_000);
        beat();
        s.pass(118_999);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(1);
        assertThat(s.transaction().attention())
                .isEqualTo("no progress for 120 seconds and no heartbeat for 30 seconds");
    }

    @Test
    void stateAloneStillIsNotMarkedWhileTheHeartGoesOn() {
        begin();
        for (int i = 0; i < 60; i++) {
            s.pass(10_000);
            beat();
            assertThat(s.transaction().needsAttention()).isFalse();
        }
        s.pass(29_999);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(1);
        assertThat(s.transaction().needsAttention()).isTrue();
    }

    @Test
    void heartbeatAloneLostIsNotMarkedWhileBranchesComeIn() {
        begin();
        beat();
        for (int i = 0; i < 20; i++) {
            s.pass(100_000);
            s.register(branch("b" + i));
            assertThat(s.transaction().needsAttention()).isFalse();
        }
        s.pass(119_999);
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(1);
        assertThat(s.transaction().needsAttention()).isTrue();
    }

    @Test
    void aCallerThatComesBackClearsTheMark() {
        begin();
        s.pass(Core.ATTENTION_AFTER_MILLIS);
        assertThat(s.transaction().attention()).isEqualTo("no progress for 120 seconds");
        beat();
        assertThat(s.transaction().needsAttention()).isFalse();
        s.pass(Core.HEARTBEAT_COUNTS_MILLIS);
        assertThat(s.transaction().needsAttention()).isTrue();
    }

    @Test
    void itMovesNeitherDeadlineNorProgress() {
        s.begin(GID, TCC, 60_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a"));
        long progressAt = s.transaction().progressAtMillis();
        s.later(59_000);
        beat();
        assertThat(s.transaction().progressAtMillis()).isEqualTo(progressAt);
        assertThat(s.transaction().heartbeatAtMillis()).isEqualTo(s.core.nowMillis());
        s.pass(1_000);
        assertThat(s.transaction().state().isUndecided()).isFalse();
    }

    @Test
    void whatNoCallerDrivesIsIgnoredByName() {
        begin();
        s.begin("saga", SAGA, branch("a"));
        s.begin("decided", TCC, branch("a"));
        s.apply(new Command.Decide("decided", io.holdfast.api.Decision.CONFIRM, "", List.of()));
        Reply reply = s.apply(new Command.Heartbeat(List.of("saga", GID, "decided", "nobody")));
        assertThat(reply).isEqualTo(new Reply.Alive(1, List.of("saga", "decided", "nobody")));
        assertThat(s.last.changed()).extracting(Transaction::gid).containsExactly(GID);
    }

    @Test
    void whatIsDecidedIsMarkedWhateverItsCallerSays() {
        begin();
        beat();
        s.later(100_000).confirm();
        s.later(119_999);
        beat();
        s.pass(1);
        assertThat(s.transaction().attention()).isEqualTo("no progress for 120 seconds");
    }

    private void begin() {
        s.begin(GID, TCC, LONG_DEADLINE, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, branch("a"));
    }

    private void beat() {
        s.apply(new Command.Heartbeat(List.of(GID)));
    }
}
