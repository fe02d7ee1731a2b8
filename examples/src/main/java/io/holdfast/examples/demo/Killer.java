package io.holdfast.examples.demo;

import io.holdfast.examples.load.LoadGenerator;
import io.holdfast.examples.load.Tally;
import io.holdfast.examples.rest.RestClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Kills at the planned moments; the coordinator each time when it says itself that enough is unfinished. {@link #run} is for one
 * thread.
 */
final class Killer {
    /** With fewer unfinished transactions a kill shows little. */
    static final int WANTED_UNFINISHED = 20;
    private static final int PLACED_AT_ONCE = 40;
    /** A burst that was over before enough of it had reached the coordinator is followed by another one. */
    private static final int BURSTS = 4;
    private static final long BURST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(4);
    /** On a machine on which so many are never under way the run goes on, and fails for it. */
    private static final long UNFINISHED_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RECOVERY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** When the time of the load is over nobody would notice that the coordinator is back: some of the orders that are kept go then. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int PLACED_TO_LOOK = 5;
    private static final long ANSWER_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What is done before the gateway is killed, and its knowledge with it. */
    interface LastWords {
        void collect() throws IOException, InterruptedException;
    }

    private final Stage stage;
    private final RestClient coordinator;
    private final Recovery recovery;
    private final LoadGenerator load;
    private final Tally tally;
    private final LastWords lastWords;
    private final BooleanSupplier loadIsOver;
    private final List<Integer> unfinishedAtKills = new CopyOnWriteArrayList<>();
    private final AtomicInteger gatewayKills = new AtomicInteger();
    private final AtomicInteger workerKills = new AtomicInteger();

    /** @param coordinator says how much is unfinished, who leads, and which nodes are there */
    Killer(Stage stage, RestClient coordinator, Recovery recovery, LoadGenerator load, Tally tally,
            LastWords lastWords, BooleanSupplier loadIsOver) {
        this.stage = stage;
        this.coordinator = coordinator;
        this.recovery = recovery;
        this.load = load;
        this.tally = tally;
        this.lastWords = lastWords;
        this.loadIsOver = loadIsOver;
    }

    /**
     * Kills until the plan is done. Some of the orders of the load wait for it.
     *
     * @throws IOException if a process does not come back
     */
    void run(List<KillPlan.Kill> plan) throws IOException, InterruptedException {
        load.holdBack(PLACED_AT_ONCE
                * (int) plan.stream().filter(kill -> kill.victim() == KillPlan.Victim.COORDINATOR).count());
        try {
            carryOut(plan);
        } finally {
            load.holdBackNone();
        }
    }

    private void carryOut(List<KillPlan.Kill> plan) throws IOException, InterruptedException {
        long startedAtNanos = System.nanoTime();
        for (KillPlan.Kill kill : plan) {
            long atNanos = startedAtNanos + TimeUnit.MILLISECONDS.toNanos(kill.atMillis());
            if (!poll(() -> System.nanoTime() - atNanos >= 0, Long.MAX_VALUE, POLL_NANOS)) {
                return; // nothing is under way any more: a kill would show nothing
            }
            switch (kill.victim()) {
                case GATEWAY -> killGateway();
                case COORDINATOR -> killCoordinator();
                case WORKER -> {
                    stage.workers().killNextAndRestart();
                    workerKills.incrementAndGet();
                }
            }
        }
    }

    private void killCoordinator() throws IOException, InterruptedException {
        awaitAllNodes();
        int found = awaitUnfinished();
        stage.coordinator().killAndRestart(recovery, coordinator::leader);
        unfinishedAtKills.add(found);
        // On a machine so busy that no new order gets through in time nobody sees the decision. If there really is none, orders stay
        // unfinished, and the run fails for that.
        awaitSignOfLife(() -> !recovery.isDown());
        stage.coordinator().requireAlive();
    }

    /** A group that has not got its last victim back has no majority after the next: the run would only show that it waits. */
    private void awaitAllNodes() throws IOException, InterruptedException {
        long startedAtNanos = System.nanoTime();
        while (!coordinator.areReady(stage.coordinator().urls()) && !loadIsOver.getAsBoolean()
                && System.nanoTime() - startedAtNanos < ANSWER_WAIT_NANOS) {
            stage.coordinator().requireAlive();
            Thread.sleep(Duration.ofNanos(POLL_NANOS));
        }
    }

    private void awaitSignOfLife(BooleanSupplier seen) throws InterruptedException {
        for (long waited = 0; waited < RECOVERY_WAIT_NANOS
                && !poll(seen, LOOK_NANOS, POLL_NANOS); waited += LOOK_NANOS) {
            load.placeAtOnce(PLACED_TO_LOOK);
        }
    }

    /**
     * What the coordinator said last before the kill: enough, or what there was when waiting had no end. Orders that are under way anyhow
     * count, and are all there is where the gateway has no room for a burst.
     */
    private int awaitUnfinished() throws IOException, InterruptedException {
        long startedAtNanos = System.nanoTime();
        long answeredAtNanos = startedAtNanos;
        long burstAtNanos = startedAtNanos;
        int bursts = 0;
        int last = 0;
        while (true) {
            OptionalInt count = coordinator.unfinishedCount();
            long now = System.nanoTime();
            if (count.isPresent()) {
                answeredAtNanos = now;
                last = count.getAsInt();
            } else {
                requireAnswer(now - answeredAtNanos);
            }
            boolean isEnough = last >= WANTED_UNFINISHED || now - startedAtNanos >= UNFINISHED_WAIT_NANOS;
            if (count.isPresent() && isEnough || loadIsOver.getAsBoolean()) {
                return last;
            }
            // A burst would be lost on a coordinator that has not come back.
            if (count.isPresent() && bursts < BURSTS && now - burstAtNanos >= 0) {
                load.placeAtOnce(PLACED_AT_ONCE);
                bursts++;
                burstAtNanos = now + BURST_WAIT_NANOS;
            }
            Thread.sleep(Duration.ofNanos(POLL_NANOS));
        }
    }

    /** A busy machine may need a while for what the last kill has left, and no answer is no count. */
    private void requireAnswer(long silentNanos) throws IOException {
        stage.coordinator().requireAlive();
        if (silentNanos >= ANSWER_WAIT_NANOS) {
            throw new IOException("the coordinator has not answered for "
                    + TimeUnit.NANOSECONDS.toSeconds(ANSWER_WAIT_NANOS) + " s");
        }
    }

    private void killGateway() throws IOException, InterruptedException {
        // One that had ended by itself would go unnoticed.
        stage.gateway().requireAlive();
        lastWords.collect();
        gatewayKills.incrementAndGet();
        int confirmed = tally.confirmedCount();
        stage.gateway().killAndRestart();
        awaitSignOfLife(() -> tally.confirmedCount() > confirmed);
        stage.gateway().requireAlive();
    }

    /** How many transactions the coordinator had not finished at each kill so far; for all threads. */
    List<Integer> unfinishedAtKills() {
        return List.copyOf(unfinishedAtKills);
    }

    /** How often the gateway was killed so far; for all threads. */
    int gatewayKillCount() {
        return gatewayKills.get();
    }

    /** How often a worker was killed so far; for all threads. */
    int workerKillCount() {
        return workerKills.get();
    }

    /** How many kills there were of anything; for all threads. */
    int killCount() {
        return unfinishedAtKills.size() + gatewayKills.get() + workerKills.get();
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
