package io.holdfast.bench.measure;

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
        Measured measured = Callers.run(new Callers.Plan(2, 200, 200), CpuTime.ofThisProcess(), (caller, round) -> {
            calls.incrementAndGet();
            LockSupport.parkNanos(1_000_000);
        });
        double counted = measured.opsPerSecond() * 0.2;
        assertThat(counted).isPositive().isLessThan(calls.doubleValue());
        assertThat(measured.p99Micros()).isGreaterThanOrEqualTo(measured.p50Micros()).isGreaterThanOrEqualTo(900);
        assertThat(measured.cpuMicrosPerOp()).isPositive();
    }

    @Test
    void aFailedCallFailsTheMeasurement() {
        assertThatThrownBy(() -> Callers.run(new Callers.Plan(2, 0, 500), CpuTime.ofThisProcess(), (caller, round) -> {
            throw new IllegalArgumentException("the disk is on fire");
        })).isInstanceOf(IllegalStateException.class).hasMessageContaining("the disk is on fire");
    }
}
