package io.holdfast.examples.demo;

import io.holdfast.examples.rest.RestClient;
import java.time.Duration;
import java.util.OptionalInt;

/** After the load: waits until the coordinator owes nothing any more. */
final class Settlement {
    private static final long PAUSE_MILLIS = 200;

    private Settlement() {
    }

    /** Returns the number of transactions that are still not finished after the given time; 1 if nobody says. */
    static int await(RestClient coordinator, Duration atMost) throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + atMost.toNanos();
        OptionalInt unfinished = coordinator.unfinishedCount();
        while (unfinished.orElse(1) > 0 && System.nanoTime() - giveUpAtNanos < 0) {
            Thread.sleep(PAUSE_MILLIS);
            unfinished = coordinator.unfinishedCount();
        }
        return unfinished.orElse(1);
    }
}
