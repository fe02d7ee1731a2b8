package io.holdfast.simulator;

import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One run: nodes, applications, operators and participants on one thread, with a virtual clock. First everything may fail, and
 * every step is held against what is durable (safety). Then everything heals, and all has to end within a bound (liveness).
 */
public final class Simulation {

    /** After everything has healed. */
    private static final int MAX_MILLIS_TO_END = 10 * 60_000;
    private static final int HEAL_AFTER_SPREAD_MILLIS = 15_000;
    private static final int RIVAL_ONE_IN = 8;
    private static final int MAX_RIVAL_LATER_MILLIS = 2_000;
    private static final int MAX_SLACK_NANOS = 3_000_000;

    private final long seed;
    private final SimOptions options;
    private final World world;
    private final Machines machines;
    private final Requests requests;
    private final List<SimClient> clients = new ArrayList<>();
    private final List<Deal> deals = new ArrayList<>();
    private final SimWorkers workers;
    private final Troubles troubles;
    private int endedClients;

    private Simulation(long seed, SimOptions options) {
        this.seed = seed;
        this.options = options;
        this.world = new World(seed, options);
        this.machines = new Machines(world);
        this.requests = new Requests(world, machines);
        this.workers = new SimWorkers(world, machines);
        this.troubles = new Troubles(world, machines, workers, requests, deals);
    }

    /**
     * Runs one seed to the end.
     *
     * @throws Violation if a guarantee is broken; it carries the seed and, if it was kept, the story
     */
    public static SimReport run(long seed, SimOptions options) {
        Simulation simulation = new Simulation(seed, options);
        try {
            return simulation.run();
        } catch (Violation | RuntimeException violation) {
            World world = simulation.world;
            throw new Violation("seed " + seed + " at " + world.schedule.nowMillis() + " ms: " + violation.getMessage(),
                    violation, world.faults.chances(), world.trace.lines());
        }
    }

    private SimReport run() {
        begin();
        if (options.crashAtOperation() > 0) {
            machines.get(0).disk.crashAt(options.crashAtOperation());
        }
        machines.bootAll();
        workers.begin();
        troubles.begin();
        world.schedule.after(options.spreadMillis() + HEAL_AFTER_SPREAD_MILLIS, troubles::heal);
        while (!allEnded()) {
            turn();
        }
        return finish();
    }

    private void begin() {
        RandomGenerator shape = world.streams.of("deals");
        boolean hot = shape.nextInt(4) == 0;
        int burstAt = shape.nextInt(options.spreadMillis());
        for (int i = 0; i < options.firstTransaction() + options.transactions(); i++) {
            int at = shape.nextInt(options.spreadMillis());
            int begins = world.faults.strikes(Fault.BURST) ? burstAt : at;
            boolean hasRival = shape.nextInt(RIVAL_ONE_IN) == 0;
            int later = shape.nextInt(MAX_RIVAL_LATER_MILLIS);
            // The others are drawn too, so that leaving some out does not change who they are.
            if (i >= options.firstTransaction()) {
                Deal deal = new Deal(i, world.streams.of("deal " + i), hot);
                deals.add(deal);
                start(deal, "client " + i, begins);
                if (hasRival) {
                    start(deal, "rival " + i, begins + later);
                }
            }
        }
    }

    private void start(Deal deal, String stream, int atMillis) {
        SimClient client = new SimClient(world, requests, deal, world.streams.of(stream), () -> endedClients++);
        clients.add(client);
        world.schedule.after(atMillis, client::start);
    }

    private void turn() {
        if (world.schedule.nowMillis() >= options.spreadMillis() + HEAL_AFTER_SPREAD_MILLIS + MAX_MILLIS_TO_END) {
            throw new Violation("G3 not everything ended: " + unfinished());
        }
        world.requireWhole();
        world.schedule.runDue();
        if (machines.pollSome() == 0 && machines.pollAll() == 0) {
            advance();
        }
    }

    private void advance() {
        long wait = Math.min(world.schedule.nextInNanos(), machines.idleNanos());
        if (wait == Long.MAX_VALUE) {
            throw new Violation("G3 nothing will ever happen again, but unfinished are " + unfinished());
        }
        // Some slack, so that threads that wake late are part of the game.
        int slack = world.order.nextInt(4) == 0 ? world.order.nextInt(MAX_SLACK_NANOS) : 0;
        world.schedule.advance(Math.max(1, wait) + slack);
    }

    private boolean allEnded() {
        return endedClients == clients.size() && (world.faults.isHealed() || options.crashAtOperation() > 0);
    }

    private List<String> unfinished() {
        return clients.stream().filter(client -> !client.hasEnded()).map(client -> {
            Transaction transaction = world.truth.find(client.deal.gid);
            return client.deal.gid + (transaction == null ? " never begun" : " " + transaction.state());
        }).toList();
    }

    private SimReport finish() {
        world.requireWhole();
        Judge judge = new Judge(world.participants, world.truth);
        clients.forEach(client -> client.judge(truthOf(client.deal.gid)));
        deals.forEach(deal -> judge.judge(deal, truthOf(deal.gid)));
        judge.end();
        requests.judge();
        Group group = machines.group();
        if (group == null) {
            machines.stopAndReopen();
        } else {
            while (!machines.haveAll()) {
                turn();
            }
            machines.compareAll();
        }
        List<Integer> struck = Arrays.stream(Fault.values()).map(world.faults::struck).toList();
        return new SimReport(seed, machines.count(), world.crew.workers(), judge.count(State.CONFIRMED),
                judge.count(State.CANCELLED),
                judge.count(State.SETTLED_BY_HAND), machines.lives(), machines.diskFailures(),
                group == null ? 0 : group.elections(), machines.installed(), world.truth.sequence(),
                world.participants.calls(), world.counts.given, world.counts.handedBack, world.counts.givenUp,
                world.schedule.nowMillis(), machines.firstLifeOperations(), machines.cuts(),
                struck, world.trace.lines());
    }

    private Transaction truthOf(String gid) {
        Transaction end = world.truth.find(gid);
        if (end == null) {
            throw new Violation("G4 " + gid + " is gone");
        }
        return end;
    }
}
