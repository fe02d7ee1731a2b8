package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallersTest {

    @Test
    void callsAreCountedAfterTheWarmUpOnly() throws Exception {
        AtomicLong calls = new AtomicLong();
        Callers.Measured measured = Callers.run(2, 200, 200, 3, (caller, round) -> {
            calls.incrementAndGet();
            LockSupport.parkNanos(1_000_000);
        });
        double counted = measured.opsPerSecond() * 0.2 / 3;
        assertThat(counted).isPositive().isLessThan(calls.get());
        assertThat(measured.p99Micros()).isGreaterThanOrEqualTo(measured.p50Micros()).isGreaterThanOrEqualTo(900);
    }

    @Test
    void aFailedCallFailsTheMeasurement() {
        assertThatThrownBy(() -> Callers.run(2, 0, 500, 1, (caller, round) -> {
            throw new IllegalArgumentException("the disk is on fire");
        })).isInstanceOf(IllegalStateException.class).hasRootCauseMessage("the disk is on fire");
    }
}
