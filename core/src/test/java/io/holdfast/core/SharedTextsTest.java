package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SharedTextsTest {

    @Test
    void transactionsHoldOneStringForEqualAddresses() {
        Core core = new Core();
        core.step(new Entry(1, 0, 0, List.of(begin("g1"), begin("g2"))));
        Branch first = branch(core, "g1");
        Branch second = branch(core, "g2");
        assertThat(second).isEqualTo(first);
        assertThat(second.branchId()).isSameAs(first.branchId());
        assertThat(second.forwardUrl()).isSameAs(first.forwardUrl());
        assertThat(second.backwardUrl()).isSameAs(first.backwardUrl());
    }

    @Test
    void textsThatMeetInOneSlotStayApart() {
        SharedTexts texts = new SharedTexts();
        // Far more than there are slots, so that most of them meet others.
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 20_000; i++) {
                assertThat(texts.shared("http://stock/" + i)).isEqualTo("http://stock/" + i);
            }
        }
    }

    private static Command begin(String gid) {
        return new Command.Begin(gid, Mode.TCC, 0, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                List.of(new BranchSpec(fresh("01"), fresh("http://stock/confirm"), fresh("http://stock/cancel"),
                        Payload.EMPTY)));
    }

    /** As it comes off a wire: a string of its own. */
    private static String fresh(String text) {
        return new String(text.toCharArray());
    }

    private static Branch branch(Core core, String gid) {
        return Objects.requireNonNull(core.find(gid)).branches().getFirst();
    }
}
