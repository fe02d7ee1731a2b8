package io.holdfast.simulator;

import io.holdfast.api.Decision;
import io.holdfast.api.State;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.StorageException;
import io.holdfast.simulator.disk.DiskFault;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * One run from one seed: clients, participants, operators and a node that crashes, all on one thread.
 * <p>
 * First faults rage and safety is checked at every step; then everything heals, and within a bound of virtual time all
 * transactions must end. A failure names the guarantee and the seed, which replays it exactly.
 */
public final class Simulation {

    private static final long MAX_VIRTUAL_MILLIS = 40 * 60_000;
    private static final int MAX_RESTART_MILLIS = 3_000;
    private static final int MAX_BETWEEN_KILLS_MILLIS = 6_000;

    private final long seed;
    private final SimOptions options;
    private final RandomGenerator random;
    private final Schedule schedule = new Schedule();
    private final RecordingLog.Durable durable = new RecordingLog.Durable();
    private final SimStore.Durable stored = new SimStore.Durable();
    private final EngineOptions engineOptions;
    private final SimParticipants participants;
    private final Map<String, SimClient> clients = new TreeMap<>();
    private final Map<String, Decision> outcomes = new TreeMap<>();
    private FakeDisk disk;
    private @Nullable Node node;
    private int crashesLeft;
    private int killsLeft;
    private int crashes;
    private int diskFailures;
    private long firstLifeOperations;
    private boolean healed;
    private int endedClients;

    private Simulation(long seed, SimOptions options) {
        this.seed = seed;
        this.options = options;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.participants = new SimParticipants(schedule, random, durable, options.participantFaults());
        this.disk = new FakeDisk(random);
        this.engineOptions = options.drawEngine(random);
        this.crashesLeft = options.crashes();
        this.killsLeft = options.kills();
    }

    /**
     * Runs one seed to the end.
     *
     * @throws Violation if a guarantee is broken; the message carries the seed
     */
    public static SimReport run(long seed, SimOptions options) {
        Simulation simulation = new Simulation(seed, options);
        try {
            return simulation.run();
        } catch (Violation | IllegalStateException violation) {
            throw new Violation("seed " + seed + " " + options + " at " + simulation.schedule.nowMillis() + " ms: "
                    + violation.getMessage(), violation);
        }
    }

    private SimReport run() {
        for (int i = 0; i < options.transactions(); i++) {
            SimClient client = new SimClient(this, schedule, participants, random, i);
            clients.put(client.gid, client);
            schedule.after(random.nextInt(options.spreadMillis()), client::start);
        }
        if (options.operators()) {
            schedule.after(random.nextInt(5_000), this::operate);
            schedule.after(random.nextInt(20_000),
                    () -> schedule.jumpWallClock(random.nextInt(10_000_000) - 5_000_000));
        }
        planKill();
        if (options.crashAtOperation() > 0) {
            disk.crashAt(options.crashAtOperation());
        } else {
            planTrouble(true);
        }
        boot();
        schedule.after(options.spreadMillis() + 30_000, this::heal);
        while (!allEnded()) {
            if (schedule.nowMillis() >= MAX_VIRTUAL_MILLIS) {
                throw new Violation("G3 not everything ended: " + unfinished());
            }
            turn();
        }
        return finish();
    }

    /** A random number of operations from now the disk crashes or fails. */
    private void planTrouble(boolean firstLife) {
        if (crashesLeft == 0 || healed) {
            return;
        }
        crashesLeft--;
        long at = 1 + random.nextInt(firstLife ? 40 : 400);
        if (random.nextInt(5) == 0) {
            disk.failAt(at, random.nextBoolean() ? DiskFault.WRITE_ERROR : DiskFault.DISK_FULL);
        } else {
            disk.crashAt(at);
        }
    }

    private void planKill() {
        if (killsLeft > 0 && !healed) {
            schedule.after(random.nextInt(MAX_BETWEEN_KILLS_MILLIS), this::kill);
        }
    }

    private void kill() {
        Node running = node;
        if (running != null && !healed) {
            killsLeft--;
            crashes++;
            restart(running);
        }
        planKill();
    }

    private void heal() {
        healed = true;
        participants.heal();
    }

    private void turn() {
        schedule.runDue();
        Node running = node;
        if (running == null) {
            advance(Long.MAX_VALUE);
            return;
        }
        try {
            int done = 0;
            for (int i = random.nextInt(6); i >= 0; i--) {
                done += running.poll(random);
            }
            if (done == 0) {
                done = running.pollAll();
            }
            if (running.storageFailed()) {
                diskFailures++;
                restart(running);
            } else if (done == 0) {
                advance(running.idleNanos());
            }
        } catch (SimulatedCrash crash) {
            crashes++;
            restart(running);
        }
    }

    private void advance(long idleNanos) {
        long wait = Math.min(idleNanos, schedule.nextInNanos());
        if (wait == Long.MAX_VALUE && allEnded()) {
            return;
        }
        if (wait == Long.MAX_VALUE) {
            throw new Violation("G3 nothing will ever happen again, but unfinished are " + unfinished());
        }
        // Some slack, so that threads that wake late are part of the game.
        schedule.advance(Math.max(1, wait) + (random.nextInt(4) == 0 ? random.nextInt(3_000_000) : 0));
    }

    private void restart(Node dead) {
        dead.die();
        node = null;
        if (firstLifeOperations == 0) {
            firstLifeOperations = dead.disk.operations();
        }
        disk = random.nextBoolean() ? dead.disk.afterCrash() : dead.disk.afterKill();
        planTrouble(false);
        schedule.after(random.nextInt(MAX_RESTART_MILLIS), this::boot);
    }

    private void boot() {
        Node booted = new Node(disk, schedule, participants, durable, stored, engineOptions, random);
        try {
            booted.recover();
        } catch (SimulatedCrash crash) {
            crashes++;
            restart(booted);
            return;
        } catch (StorageException e) {
            Violation.unless(e.kind() == StorageException.Kind.FAILED,
                    "G9 recovery refused what only a crash had left: %s",
                    e.getMessage());
            diskFailures++;
            restart(booted);
            return;
        }
        durable.compare(booted.engine.core());
        outcomes.forEach((gid, decision) -> stillDecided(booted.find(gid), gid, decision));
        node = booted;
    }

    /** Sends a command; {@code then} may never be called. */
    void submit(Command command, Consumer<Reply> then) {
        Node to = node;
        if (to == null) {
            return;
        }
        boolean answerIsLost = options.participantFaults() && !healed && random.nextInt(15) == 0;
        var unused = to.engine.submit(command).whenComplete((reply, error) -> {
            if (error == null && to == node && !answerIsLost) {
                then.accept(reply);
            }
        });
    }

    /** Asks for a transaction; null if it is unknown or nobody answers. */
    void find(String gid, Consumer<@Nullable TransactionView> then) {
        Node to = node;
        if (to == null) {
            then.accept(null);
            return;
        }
        boolean[] told = {false};
        schedule.after(1_000, () -> {
            if (!told[0]) {
                told[0] = true;
                then.accept(null);
            }
        });
        var unused = to.engine.find(gid).whenComplete((view, error) -> {
            if (error == null && to == node && !told[0]) {
                told[0] = true;
                then.accept(view);
            }
        });
    }

    /** A client was told that this state was reached: it must be durable by now. */
    void acknowledged(Transaction transaction) {
        Transaction known = durable.find(transaction.gid());
        Violation.unless(known != null, "G6 %s was acknowledged before it was durable", transaction.gid());
        Violation.unless(known == null || known.branches().size() >= transaction.branches().size(),
                "G6 a branch of %s was acknowledged before it was durable", transaction.gid());
    }

    void toldOutcome(String gid, Decision decision) {
        outcomes.put(gid, decision);
        stillDecided(durable.find(gid), gid, decision);
    }

    private static void stillDecided(@Nullable Transaction transaction, String gid, Decision decision) {
        Violation.unless(transaction != null, "G4 %s is gone", gid);
        State state = transaction == null ? State.TRYING : transaction.state();
        boolean same = switch (state) {
            case CONFIRMING, CONFIRMED -> decision == Decision.CONFIRM;
            case CANCELLING, COMPENSATING, CANCELLED -> decision == Decision.CANCEL;
            case SETTLED_BY_HAND -> true;
            case TRYING, RUNNING -> false;
        };
        Violation.unless(same, "G1 %s was told %s, its durable state is %s", gid, decision, state);
    }

    private void operate() {
        if (healed) {
            // Whoever was paused by an operator is let go, else nothing would end.
            clients.keySet().forEach(gid -> resume(gid));
            return;
        }
        List<String> gids = new ArrayList<>(clients.keySet());
        String gid = gids.get(random.nextInt(gids.size()));
        Command.OperatorAction action = switch (random.nextInt(12)) {
            case 0 -> Command.OperatorAction.SETTLE;
            case 1, 2, 3 -> Command.OperatorAction.PAUSE;
            case 4, 5, 6 -> Command.OperatorAction.RESUME;
            default -> Command.OperatorAction.RETRY;
        };
        submit(new Command.Operate(gid, action, "sim", "because"), reply -> {
        });
        schedule.after(random.nextInt(2_000), this::operate);
    }

    private void resume(String gid) {
        Transaction transaction = durable.find(gid);
        if (transaction != null && transaction.isPaused()) {
            submit(new Command.Operate(gid, Command.OperatorAction.RESUME, "sim", "healed"), reply -> {
            });
            schedule.after(1_000, () -> resume(gid));
        }
    }

    /** Told by each client once. */
    void ended() {
        endedClients++;
    }

    private boolean allEnded() {
        return endedClients == clients.size() && (healed || options.crashAtOperation() > 0);
    }

    private List<String> unfinished() {
        return clients.values().stream().filter(client -> !client.ended).map(client -> {
            Transaction transaction = durable.find(client.gid);
            return client.gid + (transaction == null ? " never begun" : " " + transaction.state());
        }).toList();
    }

    private SimReport finish() {
        int confirmed = 0;
        int cancelled = 0;
        int settled = 0;
        for (SimClient client : clients.values()) {
            Transaction end = durable.find(client.gid);
            if (end == null) {
                throw new Violation("G4 " + client.gid + " is gone");
            }
            Violation.unless(end.state().isFinished(), "G4 %s ended for its client, its state is %s", client.gid,
                    end.state());
            client.judge(end);
            switch (end.state()) {
                case CONFIRMED -> confirmed++;
                case CANCELLED -> cancelled++;
                default -> settled++;
            }
        }
        Violation.unless(durable.core.unfinished() == 0, "G4 %s are unfinished at the end", durable.core.unfinished());
        stopAndReopen();
        return new SimReport(seed, confirmed, cancelled, settled, crashes, diskFailures, durable.sequence(),
                participants.calls(),
                schedule.nowMillis(), firstLifeOperations, stored.cuts());
    }

    /** A stop, clean unless trouble was planned for just that moment, and a last start: everything must be there. */
    private void stopAndReopen() {
        Node last = node;
        if (last == null) {
            return;
        }
        try {
            last.engine.close();
        } catch (SimulatedCrash crash) {
            crashes++;
        } catch (StorageException e) {
            diskFailures++;
        }
        last.die();
        if (firstLifeOperations == 0) {
            firstLifeOperations = last.disk.operations();
        }
        disk = last.disk.afterCrash();
        node = null;
        boot();
        Violation.unless(node != null, "G9 the last start failed");
    }
}
