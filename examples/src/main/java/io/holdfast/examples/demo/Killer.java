package io.holdfast.examples.demo;

import io.holdfast.examples.load.LoadGenerator;
import io.holdfast.examples.load.Tally;
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
    private static final long RECOVERY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long ANSWER_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long SHORT_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONG_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** What is done before the gateway is killed, and its knowledge with it. */
    interface LastWords {
        void collect() throws IOException, InterruptedException;
    }

    /** What the coordinator says of itself. */
    interface Unfinished {
        /** How many transactions are not finished; empty if there is no answer. */
        OptionalInt count() throws InterruptedException;
    }

    private final Stage stage;
    private final Unfinished unfinished;
    private final Coordinator.Leads leads;
    private final Recovery recovery;
    private final LoadGenerator load;
    private final Tally tally;
    private final LastWords lastWords;
    private final BooleanSupplier loadIsOver;
    private final List<Integer> unfinishedAtKills = new CopyOnWriteArrayList<>();
    private final AtomicInteger gatewayKills = new AtomicInteger();
    private final AtomicInteger workerKills = new AtomicInteger();

    Killer(Stage stage, Unfinished unfinished, Coordinator.Leads leads, Recovery recovery, LoadGenerator load, Tally tally, LastWords lastWords,
            BooleanSupplier loadIsOver) {
        this.stage = stage;
        this.unfinished = unfinished;
        this.leads = leads;
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
        load.holdBack(PLACED_AT_ONCE * (int) plan.stream().filter(kill -> kill.victim() == KillPlan.Victim.COORDINATOR).count());
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
            if (!poll(() -> System.nanoTime() - atNanos >= 0, Long.MAX_VALUE, LONG_POLL_NANOS)) {
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
        awaitAnswer();
        int found = 0;
        for (int burst = 0; burst < BURSTS && found < WANTED_UNFINISHED; burst++) {
            load.placeAtOnce(PLACED_AT_ONCE);
            found = awaitUnfinished();
        }
        stage.coordinator().killAndRestart(recovery, leads);
        unfinishedAtKills.add(found);
        // On a machine so busy that no new order gets through in time nobody sees the decision. If there really is none, orders stay
        // unfinished, and the run fails for that.
        poll(() -> !recovery.isDown(), RECOVERY_WAIT_NANOS, LONG_POLL_NANOS);
        stage.coordinator().requireAlive();
    }

    /** A busy machine may need a while for what the last kill has left. */
    private void awaitAnswer() throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + ANSWER_WAIT_NANOS;
        while (unfinished.count().isEmpty()) {
            stage.coordinator().requireAlive();
            if (System.nanoTime() - giveUpAtNanos >= 0) {
                throw new IOException("the coordinator does not answer "
                        + TimeUnit.NANOSECONDS.toSeconds(ANSWER_WAIT_NANOS) + " s after it was killed");
            }
            Thread.sleep(Duration.ofNanos(LONG_POLL_NANOS));
        }
    }

    /** The last count before the kill: enough, or what there was when the burst was over. */
    private int awaitUnfinished() throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + BURST_WAIT_NANOS;
        int count = unfinished.count().orElse(0);
        while (count < WANTED_UNFINISHED && System.nanoTime() - giveUpAtNanos < 0 && !loadIsOver.getAsBoolean()) {
            Thread.sleep(Duration.ofNanos(SHORT_POLL_NANOS));
            count = unfinished.count().orElse(0);
        }
        return count;
    }

    private void killGateway() throws IOException, InterruptedException {
        lastWords.collect();
        gatewayKills.incrementAndGet();
        int confirmed = tally.confirmedCount();
        stage.gateway().killAndRestart();
        poll(() -> tally.confirmedCount() > confirmed, RECOVERY_WAIT_NANOS, LONG_POLL_NANOS);
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
