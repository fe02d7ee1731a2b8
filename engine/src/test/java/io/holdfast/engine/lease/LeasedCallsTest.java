package io.holdfast.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeasedCallsTest {

    /** The clock of a process may be about to overflow. */
    private static final long T = Long.MAX_VALUE - 5;
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final long GIVEN_UP_MILLIS = LeaseTerms.USUAL.leaseMillis() + TIMEOUT_MILLIS
            + LeaseTerms.USUAL.graceMillis();

    private final LeasedCalls<String> calls = new LeasedCalls<>(LeaseTerms.USUAL);

    private static long millis(long after) {
        return T + TimeUnit.MILLISECONDS.toNanos(after);
    }

    @Test
    void aCallIsGivenUpALeaseAndATimeOutAfterItWasSent() {
        calls.send("a", TIMEOUT_MILLIS, millis(0));
        calls.send("b", TIMEOUT_MILLIS, millis(100));
        assertThat(calls.giveUp(millis(GIVEN_UP_MILLIS - 1))).isEmpty();
        assertThat(calls.giveUp(millis(GIVEN_UP_MILLIS))).containsExactly("a");
        assertThat(calls.giveUp(millis(GIVEN_UP_MILLIS + 100))).containsExactly("b");
        assertThat(calls.isEmpty()).isTrue();
    }

    @Test
    void aConnectionThatIsGoneEndsNoCall() {
        calls.send("a", TIMEOUT_MILLIS, millis(0));
        calls.close();
        assertThat(calls.giveUp(millis(GIVEN_UP_MILLIS - 1))).isEmpty();
        assertThat(calls.size()).isOne();
        assertThat(calls.giveUp(millis(GIVEN_UP_MILLIS))).containsExactly("a");
    }

    @Test
    void nothingIsSentOnAConnectionThatIsGone() {
        calls.close();
        assertThatIllegalStateException().isThrownBy(() -> calls.send("a", TIMEOUT_MILLIS, millis(0)))
                .withMessageContaining("gone");
    }

    @Test
    void anAnswerCountsOnceAndNotAfterTheCallWasGivenUp() {
        long a = calls.send("a", TIMEOUT_MILLIS, millis(0));
        long b = calls.send("b", TIMEOUT_MILLIS, millis(0));
        assertThat(calls.answered(a)).isEqualTo("a");
        assertThat(calls.answered(a)).isNull();
        assertThat(calls.giveUp(millis(GIVEN_UP_MILLIS))).containsExactly("b");
        assertThat(calls.answered(b)).isNull();
    }
}
