package io.holdfast.core;

import static io.holdfast.api.Mode.SAGA;
import static io.holdfast.api.Mode.TCC;
import static io.holdfast.core.Scenario.assertChanged;
import static io.holdfast.core.Scenario.assertRefused;
import static io.holdfast.core.Scenario.branch;
import static io.holdfast.core.Scenario.empty;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** At most one transaction that the core knows has a business key. */
class BusinessKeyTest {

    @Test
    void beginWithAKnownKeyAnswersTheTransactionThatHasIt() {
        Scenario s = new Scenario();
        assertChanged(begin(s, "g1", TCC, "order-7"));
        assertThat(begin(s, "g2", TCC, "order-7")).isEqualTo(new Reply.Done(s.transaction("g1"), false));
        assertThat(s.core.find("g2")).isNull();
        assertThat(s.core.findByBusinessKey("order-7")).isEqualTo(s.transaction("g1"));
        assertChanged(begin(s, "g2", TCC, "order-8"));
        assertChanged(begin(s, "g3", TCC, ""));
        assertChanged(begin(s, "g4", TCC, ""));
        assertThat(s.core.findByBusinessKey("")).isNull();
    }

    @Test
    void aFinishedOneKeepsItsKeyUntilItLeaves() {
        Scenario s = new Scenario(new Limits(10, 1 << 30, 10, 1));
        begin(s, "g1", TCC, "order-7");
        s.apply(new Command.Decide("g1", Decision.CONFIRM, "", List.of()));
        s.apply(new Command.Answered("g1", 0, io.holdfast.api.Operation.CONFIRM, true, false, ""));
        assertThat(s.transaction("g1").state()).isEqualTo(State.CONFIRMED);
        assertThat(begin(s, "g2", TCC, "order-7")).isEqualTo(new Reply.Done(s.transaction("g1"), false));
        // Pushes it out; from then on the archive is asked before a begin.
        s.begin("f", SAGA, empty("a"));
        assertThat(s.core.findByBusinessKey("order-7")).isNull();
        assertChanged(begin(s, "g2", TCC, "order-7"));
    }

    @Test
    void aKeyNeverCarriesAnotherModeAndAGidNoSecondKey() {
        Scenario s = new Scenario();
        begin(s, "g1", TCC, "order-7");
        assertRefused(begin(s, "g2", SAGA, "order-7"), ErrorCode.MODE_CONFLICT);
        assertRefused(begin(s, "g1", TCC, "order-8"), ErrorCode.BUSINESS_KEY_CONFLICT);
        assertThat(begin(s, "g1", TCC, "")).isEqualTo(new Reply.Done(s.transaction("g1"), false));
        assertThat(s.core.findByBusinessKey("order-8")).isNull();
    }

    private static Reply begin(Scenario s, String gid, Mode mode, String key) {
        return s.apply(new Command.Begin(gid, mode, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                new Attributes("native", "", key, "", List.of(), false), List.of(branch("a")), Scenario.CERTAIN));
    }
}
