package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class FaultlessTest {

    @Test
    void leavesOutWhatItWasToldToAndNothingElse() {
        Faultless leftOut = Faultless.NOTHING.without(Fault.LOSS).without(Fault.CRASH, List.of(0, 3));
        assertThat(leftOut.leavesOut(Fault.LOSS, 17)).isTrue();
        assertThat(leftOut.leavesOut(Fault.CRASH, 3)).isTrue();
        assertThat(leftOut.leavesOut(Fault.CRASH, 1)).isFalse();
        assertThat(leftOut.leavesOut(Fault.KILL, 0)).isFalse();
        assertThat(Faultless.NOTHING.leavesOut(Fault.LOSS, 0)).isFalse();
    }

    @Test
    void whatItWritesItReads() {
        String text = "CRASH#0,CRASH#3,LOSS";
        assertThat(Faultless.parse(text)).hasToString(text);
        assertThat(Faultless.parse("")).hasToString("");
    }

    @Test
    void saysWhatItDoesNotUnderstand() {
        assertThatIllegalArgumentException().isThrownBy(() -> Faultless.parse("LOSS,RAIN"))
                .withMessageContaining("no fault RAIN").withMessageContaining("PARTITION");
        assertThatIllegalArgumentException().isThrownBy(() -> Faultless.parse("CRASH#x"))
                .withMessageContaining("CRASH#x");
        assertThatIllegalArgumentException().isThrownBy(() -> Faultless.parse("CRASH#-1"))
                .withMessageContaining("CRASH#-1");
    }
}
