package io.holdfast.engine.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseTest {

    private static final long T = Long.MAX_VALUE - 5;
    private final Pings pings = new Pings();

    private static long millis(long after) {
        return T + TimeUnit.MILLISECONDS.toNanos(after);
    }

    @Test
    void itRunsFromWhenThePingWasSentAndNotFromWhenItWasHeard() {
        long first = pings.next(millis(0));
        Lease lease = pings.heard(first, 4_000, Lease.NONE);
        assertThat(lease.isValid(millis(3_999))).isTrue();
        assertThat(lease.isValid(millis(4_000))).isFalse();
    }

    @Test
    void anAnswerThatSkipsPingsCountsFromTheOneThatItNames() {
        pings.next(millis(0));
        long second = pings.next(millis(1_000));
        pings.next(millis(2_000));
        Lease lease = pings.heard(second, 4_000, Lease.NONE);
        assertThat(lease.isValid(millis(4_999))).isTrue();
        assertThat(lease.isValid(millis(5_000))).isFalse();
    }

    @Test
    void anAnswerThatIsRepeatedOrUnknownChangesNothing() {
        long first = pings.next(millis(0));
        Lease lease = pings.heard(first, 4_000, Lease.NONE);
        assertThat(pings.heard(first, 4_000, lease)).isEqualTo(lease);
        assertThat(pings.heard(99, 4_000, lease)).isEqualTo(lease);
    }

    @Test
    void withoutAPingThatWasHeardThereIsNone() {
        assertThat(Lease.NONE.isValid(0)).isFalse();
        assertThat(Lease.NONE.isValid(millis(0))).isFalse();
    }
}
