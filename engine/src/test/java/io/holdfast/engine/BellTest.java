package io.holdfast.engine;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BellTest {

    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Bell bell = new Bell();

    /** So a wake-up that came nearer before that is in the answer, and one that comes nearer later rings. */
    @Test
    void howLongToSleepIsAskedOnceTheSleeperIsAnnouncedAndARingFromThenOnIsNotLost() {
        bell.sleep(() -> {
            bell.ring();
            return LONG_NANOS;
        });
    }
}
