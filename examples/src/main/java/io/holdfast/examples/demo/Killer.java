package io.holdfast.examples.demo;

import io.holdfast.examples.load.LoadGenerator;
import io.holdfast.examples.load.Tally;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Kills the coordinator at the planned moments, each time with transactions under way. {@link #run} is for one thread. */
final class Killer {
    private static final int WANTED_UNFINISHED = 5;
    private static final int PLACED_AT_ONCE = 8;
    private static final long UNFINISHED_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long RECOVERY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long SHORT_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONG_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Coordinator coordinator;
    private final Recovery recovery;
    private final LoadGenerator load;
    private final Tally tally;
    private final BooleanSupplier loadIsOver;
    private final List<Integer> unfinishedAtKills = new CopyOnWriteArrayList<>();

    Killer(Coordinator coordinator, Recovery recovery, LoadGenerator load, Tally tally, BooleanSupplier loadIsOver) {
        this.coordinator = coordinator;
        this.recovery = recovery;
        this.load = load;
        this.tally = tally;
        this.loadIsOver = loadIsOver;
    }

    /**
     * Kills until the plan is done, and returns how many orders were under way at each kill.
     *
     * @throws IOException if the coordinator does not come back
     */
    List<Integer> run(List<Long> momentsMillis) throws IOException, InterruptedException {
        long startedAtNanos = System.nanoTime();
        for (long moment : momentsMillis) {
            long atNanos = startedAtNanos + TimeUnit.MILLISECONDS.toNanos(moment);
            if (!poll(() -> System.nanoTime() - atNanos >= 0, Long.MAX_VALUE, LONG_POLL_NANOS)) {
                break; // nothing is under way any more: a kill would show nothing
            }
            load.placeAtOnce(PLACED_AT_ONCE);
            poll(() -> tally.unfinishedCount() >= WANTED_UNFINISHED, UNFINISHED_WAIT_NANOS, SHORT_POLL_NANOS);
            unfinishedAtKills.add(tally.unfinishedCount());
            coordinator.killAndRestart(recovery);
            if (!poll(() -> !recovery.isDown(), RECOVERY_WAIT_NANOS, LONG_POLL_NANOS) && !loadIsOver.getAsBoolean()) {
                coordinator.requireAlive();
                throw new IOException("no decision within " + TimeUnit.NANOSECONDS.toSeconds(RECOVERY_WAIT_NANOS)
                        + " s after a kill of the coordinator");
            }
        }
        return List.copyOf(unfinishedAtKills);
    }

    /** How often it has killed so far; for all threads. */
    int killCount() {
        return unfinishedAtKills.size();
    }

    /** Waits for a condition; answers whether it came true before time was up or the load was over. */
    private boolean poll(BooleanSupplier condition, long atMostNanos, long everyNanos) throws InterruptedException {
        long startedAtNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startedAtNanos >= atMostNanos || loadIsOver.getAsBoolean()) {
                return false;
            }
            LockSupport.parkNanos(everyNanos);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }
}
