package io.holdfast.examples.demo;

import io.holdfast.examples.load.LoadGenerator;
import io.holdfast.examples.load.Tally;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Kills at the planned moments, the coordinator each time with orders under way. {@link #run} is for one thread. */
final class Killer {
    /** With fewer orders under way a kill shows little. */
    static final int WANTED_UNFINISHED = 20;
    private static final int PLACED_AT_ONCE = 40;
    private static final long UNFINISHED_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long RECOVERY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long SHORT_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONG_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What is done before the gateway is killed, and its knowledge with it. */
    interface LastWords {
        void collect() throws IOException, InterruptedException;
    }

    private final Stage stage;
    private final Recovery recovery;
    private final LoadGenerator load;
    private final Tally tally;
    private final LastWords lastWords;
    private final BooleanSupplier loadIsOver;
    private final List<Integer> unfinishedAtKills = new CopyOnWriteArrayList<>();
    private final AtomicInteger gatewayKills = new AtomicInteger();

    Killer(Stage stage, Recovery recovery, LoadGenerator load, Tally tally, LastWords lastWords,
            BooleanSupplier loadIsOver) {
        this.stage = stage;
        this.recovery = recovery;
        this.load = load;
        this.tally = tally;
        this.lastWords = lastWords;
        this.loadIsOver = loadIsOver;
    }

    /**
     * Kills until the plan is done.
     *
     * @throws IOException if a process does not come back
     */
    void run(List<KillPlan.Kill> plan) throws IOException, InterruptedException {
        long startedAtNanos = System.nanoTime();
        for (KillPlan.Kill kill : plan) {
            long atNanos = startedAtNanos + TimeUnit.MILLISECONDS.toNanos(kill.atMillis());
            if (!poll(() -> System.nanoTime() - atNanos >= 0, Long.MAX_VALUE, LONG_POLL_NANOS)) {
                return; // nothing is under way any more: a kill would show nothing
            }
            if (kill.isGateway()) {
                killGateway();
            } else {
                killCoordinator();
            }
        }
    }

    private void killCoordinator() throws IOException, InterruptedException {
        load.placeAtOnce(PLACED_AT_ONCE);
        poll(() -> tally.unfinishedCount() >= WANTED_UNFINISHED, UNFINISHED_WAIT_NANOS, SHORT_POLL_NANOS);
        unfinishedAtKills.add(tally.unfinishedCount());
        stage.coordinator().killAndRestart(recovery);
        // On a machine so busy that no new order gets through in time nobody sees the decision. If there really is none, orders stay
        // unfinished, and the run fails for that.
        poll(() -> !recovery.isDown(), RECOVERY_WAIT_NANOS, LONG_POLL_NANOS);
        stage.coordinator().requireAlive();
    }

    private void killGateway() throws IOException, InterruptedException {
        lastWords.collect();
        gatewayKills.incrementAndGet();
        int confirmed = tally.confirmedCount();
        stage.gateway().killAndRestart();
        poll(() -> tally.confirmedCount() > confirmed, RECOVERY_WAIT_NANOS, LONG_POLL_NANOS);
        stage.gateway().requireAlive();
    }

    /** How many orders were under way at each kill of the coordinator so far; for all threads. */
    List<Integer> unfinishedAtKills() {
        return List.copyOf(unfinishedAtKills);
    }

    /** How often the gateway was killed so far; for all threads. */
    int gatewayKillCount() {
        return gatewayKills.get();
    }

    /** How many kills there were of anything; for all threads. */
    int killCount() {
        return unfinishedAtKills.size() + gatewayKills.get();
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
