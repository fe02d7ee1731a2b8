package io.holdfast.simulator;

import io.holdfast.api.Decision;
import io.holdfast.api.State;
import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Limits;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.EngineOptions;
import io.holdfast.engine.StorageException;
import io.holdfast.log.FileLog;
import io.holdfast.simulator.disk.DiskFault;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run: nodes, applications, operators and participants on one thread, with a virtual clock. First everything may fail, and
 * every step is held against what is durable (safety). Then everything heals, and all has to end within a bound (liveness).
 */
public final class Simulation {

    private static final long MAX_VIRTUAL_MILLIS = 40 * 60_000;
    private static final int HEAL_AFTER_SPREAD_MILLIS = 15_000;
    private static final int MAX_RESTART_MILLIS = 3_000;
    private static final int MAX_PAUSE_MILLIS = 9_000;
    private static final int MIN_BETWEEN_TROUBLES_MILLIS = 200;
    private static final int MAX_BETWEEN_TROUBLES_MILLIS = 3_000;
    private static final int MAX_WALL_JUMP_MILLIS = 5_000_000;
    private static final int MAX_DRIFT_PPM = 50_000;
    private static final int RIVAL_ONE_IN = 8;
    private static final int COMPARE_ONE_IN = 2_000;
    private static final int RESUME_MILLIS = 1_000;

    private final long seed;
    private final SimOptions options;
    private final Streams streams;
    private final RandomGenerator order;
    private final Schedule schedule = new Schedule();
    private final Truth truth = new Truth();
    private final RecordingLog.Durable durable = new RecordingLog.Durable(truth);
    private final Trace trace;
    private final Faults faults;
    private final Network network;
    private final EngineOptions engineOptions;
    private final SimParticipants participants;
    private final Recorder recorder = new Recorder();
    private final List<SimClient> clients = new ArrayList<>();
    private final List<Deal> deals = new ArrayList<>();
    private final Machine[] machines;
    private final @Nullable Group group;
    private int lives;
    private int diskFailures;
    private int installed;
    private long firstLifeOperations;
    private int endedClients;
    private int lastAnswered;

    /** What of a node outlives its processes. */
    private static final class Machine {
        final int number;
        final NodeClock clock;
        SimStore.Durable stored = new SimStore.Durable();
        FakeDisk disk;
        @Nullable
        Node node;

        Machine(int number, NodeClock clock, FakeDisk disk) {
            this.number = number;
            this.clock = clock;
            this.disk = disk;
        }

        @Nullable
        Node running() {
            Node now = node;
            return now == null || now.isPaused() ? null : now;
        }
    }

    /** What was found when a transaction was asked for; null if it is not known. */
    record Found(@Nullable Transaction transaction) {}

    private Simulation(long seed, SimOptions options) {
        this.seed = seed;
        this.options = options;
        this.streams = new Streams(seed);
        this.order = streams.of("order");
        this.trace = Trace.of(schedule, options.traced());
        this.faults = new Faults(streams, options.faultless());
        RandomGenerator shape = streams.of("shape");
        int nodes = options.drawNodes(shape);
        this.engineOptions = options.drawEngine(shape);
        this.network = new Network(schedule, faults, trace, streams.of("network"), nodes);
        this.participants = new SimParticipants(schedule, faults, network, trace, truth, streams.of("participants"));
        this.machines = new Machine[nodes];
        for (int i = 0; i < nodes; i++) {
            NodeClock clock = new NodeClock(schedule, shape.nextLong(1L << 40));
            if (faults.strikes(Fault.CLOCK_DRIFT)) {
                clock.drift(faults.random(Fault.CLOCK_DRIFT).nextInt(-MAX_DRIFT_PPM, MAX_DRIFT_PPM));
            }
            machines[i] = new Machine(i, clock, new FakeDisk(streams.of("disk " + i)));
        }
        this.group = nodes == 1
                ? null
                : new Group(nodes, schedule, faults, network, trace, truth, streams.of("group"), this::installCut);
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
            throw new Violation("seed " + seed + " at " + simulation.schedule.nowMillis() + " ms: "
                    + violation.getMessage(), violation, simulation.faults.chances(), simulation.trace.lines());
        }
    }

    private SimReport run() {
        begin();
        if (options.crashAtOperation() > 0) {
            machines[0].disk.crashAt(options.crashAtOperation());
        }
        for (Machine machine : machines) {
            boot(machine);
        }
        schedule.after(betweenTroubles(), this::trouble);
        schedule.after(options.spreadMillis() + HEAL_AFTER_SPREAD_MILLIS, this::heal);
        while (!allEnded()) {
            turn();
        }
        return finish();
    }

    private void begin() {
        RandomGenerator shape = streams.of("deals");
        boolean hot = shape.nextInt(4) == 0;
        int burstAt = shape.nextInt(options.spreadMillis());
        for (int i = 0; i < options.firstTransaction() + options.transactions(); i++) {
            boolean bursts = faults.strikes(Fault.BURST);
            int at = shape.nextInt(options.spreadMillis());
            boolean hasRival = shape.nextInt(RIVAL_ONE_IN) == 0;
            if (i >= options.firstTransaction()) {
                Deal deal = new Deal(i, streams.of("deal " + i), hot);
                deals.add(deal);
                start(deal, "client " + i, bursts ? burstAt : at);
                if (hasRival) {
                    start(deal, "rival " + i, (bursts ? burstAt : at) + shape.nextInt(2_000));
                }
            }
        }
    }

    private void start(Deal deal, String stream, int atMillis) {
        SimClient client = new SimClient(this, schedule, participants, deal, streams.of(stream));
        clients.add(client);
        schedule.after(atMillis, client::start);
    }

    private static int between(RandomGenerator random, int from, int to) {
        return random.nextInt(from, to);
    }

    private int betweenTroubles() {
        return between(order, MIN_BETWEEN_TROUBLES_MILLIS, MAX_BETWEEN_TROUBLES_MILLIS);
    }

    /** What happens to nodes and clocks, now and then. */
    private void trouble() {
        if (faults.isHealed()) {
            return;
        }
        schedule.after(betweenTroubles(), this::trouble);
        if (faults.strikes(Fault.PARTITION)) {
            network.partition();
        }
        Node victim = drawn(Fault.KILL).running();
        if (victim != null && faults.strikes(Fault.KILL)) {
            say("node " + victim.number + " is killed");
            restart(victim);
        }
        Node sleeper = drawn(Fault.PAUSE).running();
        if (sleeper != null && faults.strikes(Fault.PAUSE)) {
            pause(sleeper);
        }
        if (group != null && faults.strikes(Fault.LEADER_CHANGE)) {
            group.changeLeader();
        }
        if (faults.strikes(Fault.CLOCK_JUMP)) {
            RandomGenerator random = faults.random(Fault.CLOCK_JUMP);
            drawn(Fault.CLOCK_JUMP).clock.jumpWall(between(random, -MAX_WALL_JUMP_MILLIS, MAX_WALL_JUMP_MILLIS));
        }
        if (faults.strikes(Fault.ACTIVATION)) {
            submit(faults.random(Fault.ACTIVATION), new Command.Activate(Core.VERSION), reply -> {
            });
        }
        if (faults.strikes(Fault.OPERATOR)) {
            operate();
        }
    }

    private Machine drawn(Fault fault) {
        return machines[faults.random(fault).nextInt(machines.length)];
    }

    private void pause(Node node) {
        Machine machine = machines[node.number];
        int millis = faults.random(Fault.PAUSE).nextInt(MAX_PAUSE_MILLIS);
        say("node " + machine.number + " stands still for " + millis + " ms");
        node.pause();
        schedule.after(millis, () -> {
            if (machine.node == node && node.isPaused()) {
                say("node " + machine.number + " goes on");
                node.goOn();
            }
        });
    }

    /** A random number of operations from now the disk crashes or fails. */
    private void planDiskTrouble(Machine machine, boolean firstLife) {
        long soon = firstLife ? 40 : 400;
        FakeDisk disk = machine.disk;
        if (faults.strikes(Fault.CRASH)) {
            disk.crashAt(1 + faults.random(Fault.CRASH).nextLong(soon));
        }
        if (faults.strikes(Fault.WRITE_ERROR)) {
            disk.failAt(1 + faults.random(Fault.WRITE_ERROR).nextLong(soon), DiskFault.WRITE_ERROR);
        }
        if (faults.strikes(Fault.DISK_FULL)) {
            disk.failAt(1 + faults.random(Fault.DISK_FULL).nextLong(soon), DiskFault.DISK_FULL);
        }
    }

    private void heal() {
        say("everything heals");
        faults.heal();
        for (Machine machine : machines) {
            Node node = machine.node;
            if (node != null && node.isPaused()) {
                node.goOn();
            }
        }
        // Whoever was paused by an operator is let go, else nothing would end.
        deals.forEach(deal -> resume(deal.gid));
    }

    private void turn() {
        if (schedule.nowMillis() >= MAX_VIRTUAL_MILLIS) {
            throw new Violation("G3 not everything ended: " + unfinished());
        }
        schedule.runDue();
        int done = 0;
        for (Machine machine : machines) {
            Node node = awake(machine);
            for (int i = node == null ? 0 : order.nextInt(6); node != null && i >= 0 && machine.node == node; i--) {
                done += poll(node, false);
            }
        }
        for (int i = 0; done == 0 && i < machines.length; i++) {
            Node node = awake(machines[i]);
            done += node == null ? 0 : poll(node, true);
            if (node != null && done == 0) {
                node.sleep(schedule.nanos());
            }
        }
        if (done == 0) {
            advance();
        }
    }

    private @Nullable Node awake(Machine machine) {
        Node node = machine.running();
        return node == null || node.isAsleep(schedule.nanos()) ? null : node;
    }

    private int poll(Node node, boolean all) {
        int done;
        try {
            done = all ? node.pollAll() : node.poll(order);
        } catch (SimulatedCrash crash) {
            say("the power of node " + node.number + " fails");
            restart(node);
            return 1;
        }
        if (node.storageFailed()) {
            diskFailures++;
            say("the disk of node " + node.number + " fails");
            restart(node);
            return 1;
        }
        keepsBounds(node);
        if (done > 0 && order.nextInt(COMPARE_ONE_IN) == 0 && node.engine.core().sequence() == truth.sequence()) {
            truth.compare(node.engine.core(), "node " + node.number);
        }
        return done;
    }

    private void keepsBounds(Node node) {
        Core core = node.engine.core();
        Limits limits = engineOptions.limits();
        Violation.unless(core.unfinished() <= limits.maxUnfinished(), "G10 %s are unfinished, the bound is %s",
                core.unfinished(), limits.maxUnfinished());
        Violation.unless(core.finishedKept() <= limits.maxFinished(), "G10 %s finished are kept, the bound is %s",
                core.finishedKept(), limits.maxFinished());
    }

    private void advance() {
        long wait = schedule.nextInNanos();
        for (Machine machine : machines) {
            Node node = machine.running();
            wait = node == null ? wait : Math.min(wait, node.wakeAtNanos() - schedule.nanos());
        }
        if (wait == Long.MAX_VALUE) {
            if (!allEnded()) {
                throw new Violation("G3 nothing will ever happen again, but unfinished are " + unfinished());
            }
            return;
        }
        // Some slack, so that threads that wake late are part of the game.
        schedule.advance(Math.max(1, wait) + (order.nextInt(4) == 0 ? order.nextInt(3_000_000) : 0));
    }

    private void restart(Node dead) {
        Machine machine = machines[dead.number];
        dead.die();
        lives++;
        machine.node = null;
        if (firstLifeOperations == 0) {
            firstLifeOperations = dead.disk.operations();
        }
        machine.disk = order.nextBoolean() ? dead.disk.afterCrash() : dead.disk.afterKill();
        loseDiskIfDrawn(machine);
        planDiskTrouble(machine, false);
        schedule.after(order.nextInt(MAX_RESTART_MILLIS), () -> boot(machine));
    }

    private void loseDiskIfDrawn(Machine machine) {
        if (group != null && group.mayLoseDisk(machine.number) && faults.strikes(Fault.LOST_DISK)) {
            say("the disk of node " + machine.number + " is lost");
            machine.stored = new SimStore.Durable();
            machine.disk = new FakeDisk(faults.random(Fault.LOST_DISK));
            group.lostDisk(machine.number);
        }
    }

    /** A node starts anew from the last cut of its leader. */
    private void installCut(int number, int leader) {
        Machine machine = machines[number];
        Node node = machine.running();
        if (node != null) {
            say("node " + number + " starts anew from a cut of node " + leader);
            node.die();
            lives++;
            installed++;
            machine.disk = node.disk.afterKill();
            machine.stored.install(machines[leader].stored);
            machine.node = null;
            boot(machine);
        }
    }

    private void boot(Machine machine) {
        int number = machine.number;
        if (group == null && faults.strikes(Fault.BIT_FLIP)) {
            flipBit(machine);
        }
        Node.Parts parts = new Node.Parts(number, machine.disk, machine.stored, machine.clock, participants,
                engineOptions, streams.of("node " + number + " life " + lives));
        Node booted = group == null ? new Node(parts, durable) : new Node(parts, group.join(number));
        try {
            booted.recover();
        } catch (SimulatedCrash crash) {
            say("the power of node " + number + " fails while it starts");
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
        if (group == null) {
            truth.compare(booted.engine.core(), "node " + number);
            truth.stillTold(booted);
        }
        machine.node = booted;
        say("node " + number + " has started with entry " + booted.engine.core().sequence());
    }

    /** Somebody looks at a copy of the files of which one bit has changed. */
    private void flipBit(Machine machine) {
        RandomGenerator random = faults.random(Fault.BIT_FLIP);
        FakeDisk damaged = machine.disk.copy(random);
        List<String> files = damaged.list().stream().filter(name -> damaged.sizeOf(name) > 0).toList();
        if (files.isEmpty()) {
            return;
        }
        String file = files.get(random.nextInt(files.size()));
        damaged.flipBit(file, random.nextLong(damaged.sizeOf(file) * Byte.SIZE));
        try {
            RecordingLog.judgeDamage(new FileLog(damaged, Node.LOG, random),
                    new FileLog(machine.disk.copy(random), Node.LOG, random), machine.stored.cutSequence(),
                    truth.sequence());
        } catch (StorageException e) {
            throw new Violation("G9 undamaged files are refused: " + e.getMessage(), e);
        }
    }

    /** Sends a command to some node; {@code then} may never be called, or more than once. */
    void submit(RandomGenerator random, Command command, Consumer<Reply> then) {
        toSomeNode(random, (node, answer) -> {
            // Each copy that arrives is a request of its own.
            Consumer<Reply> recorded = recorder.sent(command);
            var unused = node.engine.submit(command).whenComplete((reply, error) -> {
                if (error == null) {
                    recorded.accept(reply);
                    answer.accept(() -> then.accept(reply));
                }
            });
        });
    }

    /** Asks some node for a transaction; {@code then} may never be called, or more than once. */
    void find(RandomGenerator random, String gid, Consumer<Found> then) {
        toSomeNode(random, (node, answer) -> {
            Transaction asked = truth.find(gid);
            Consumer<@Nullable Transaction> recorded = recorder.asked(gid);
            var unused = node.engine.find(gid).whenComplete((view, error) -> {
                if (error == null) {
                    Transaction found = view == null ? null : view.transaction();
                    truth.isNoOlder(found, asked, gid, "node " + node.number);
                    recorded.accept(found);
                    answer.accept(() -> then.accept(new Found(found)));
                }
            });
        });
    }

    /** A request at a node; the answer is handed to the second argument, which carries it home. */
    private interface Request {
        void arrive(Node node, Consumer<Runnable> answer);
    }

    private void toSomeNode(RandomGenerator random, Request request) {
        int number = random.nextInt(4) > 0 ? lastAnswered : random.nextInt(machines.length);
        network.carry(Network.APPLICATIONS, number, () -> {
            Node node = machines[number].node;
            if (node == null) {
                lastAnswered = (number + 1) % machines.length;
                return;
            }
            node.receive(() -> request.arrive(node, home -> {
                Violation.unless(node.isAlive() && !node.isPaused(), "node %s answers although it does not run",
                        number);
                lastAnswered = number;
                network.carry(number, Network.APPLICATIONS, home);
            }));
        });
    }

    /** Whether an application dies at this point of its transaction. */
    boolean applicationDies() {
        return faults.strikes(Fault.CLIENT_DIES);
    }

    /** A client was told that this state was reached. */
    void acknowledged(Transaction transaction) {
        truth.acknowledged(transaction);
    }

    /** A client was told an outcome. */
    void told(Deal deal, Decision decision) {
        truth.toldOutcome(deal.gid, decision);
    }

    private void operate() {
        RandomGenerator random = faults.random(Fault.OPERATOR);
        String gid = deals.get(random.nextInt(deals.size())).gid;
        Command.OperatorAction action = switch (random.nextInt(12)) {
            case 0 -> Command.OperatorAction.SETTLE;
            case 1, 2, 3 -> Command.OperatorAction.PAUSE;
            case 4, 5, 6 -> Command.OperatorAction.RESUME;
            default -> Command.OperatorAction.RETRY;
        };
        say("operator: " + action + " " + gid);
        submit(random, new Command.Operate(gid, action, "sim", "because"), reply -> {
        });
    }

    private void resume(String gid) {
        Transaction transaction = truth.find(gid);
        boolean goesOn = transaction == null || !transaction.state().isFinished();
        if (transaction != null && goesOn && wasPausedByOperator(transaction)) {
            submit(order, new Command.Operate(gid, Command.OperatorAction.RESUME, "sim", "healed"), reply -> {
            });
        }
        if (goesOn) {
            // A late order to pause may still be on its way.
            schedule.after(RESUME_MILLIS, () -> resume(gid));
        }
    }

    /** Whoever else pauses a transaction has to let it go on by himself. */
    private static boolean wasPausedByOperator(Transaction transaction) {
        Command.OperatorAction last = Command.OperatorAction.RESUME;
        for (Transaction.Audit line : transaction.audit()) {
            if (line.action() == Command.OperatorAction.PAUSE || line.action() == Command.OperatorAction.RESUME) {
                last = line.action();
            }
        }
        return last == Command.OperatorAction.PAUSE;
    }

    /** Told by each client once. */
    void ended() {
        endedClients++;
    }

    private boolean allEnded() {
        return endedClients == clients.size() && (faults.isHealed() || options.crashAtOperation() > 0);
    }

    private List<String> unfinished() {
        return clients.stream().filter(client -> !client.hasEnded()).map(client -> {
            Transaction transaction = truth.find(client.deal.gid);
            return client.deal.gid + (transaction == null ? " never begun" : " " + transaction.state());
        }).toList();
    }

    private SimReport finish() {
        Judge judge = new Judge(participants, truth);
        clients.forEach(client -> client.judge(truthOf(client.deal.gid)));
        deals.forEach(deal -> judge.judge(deal, truthOf(deal.gid)));
        judge.end();
        recorder.judge();
        if (group == null) {
            stopAndReopen(machines[0]);
        } else {
            allCatchUp();
        }
        int cuts = Arrays.stream(machines).mapToInt(machine -> machine.stored.cuts()).sum();
        List<Integer> struck = Arrays.stream(Fault.values()).map(faults::struck).toList();
        return new SimReport(seed, machines.length, judge.count(State.CONFIRMED), judge.count(State.CANCELLED),
                judge.count(State.SETTLED_BY_HAND), lives, diskFailures, group == null ? 0 : group.elections(),
                installed,
                truth.sequence(), participants.calls(), schedule.nowMillis(), firstLifeOperations, cuts, struck,
                trace.lines());
    }

    private Transaction truthOf(String gid) {
        Transaction end = truth.find(gid);
        if (end == null) {
            throw new Violation("G4 " + gid + " is gone");
        }
        return end;
    }

    /** A stop, clean unless trouble was planned for just that moment, and a last start: everything must be there. */
    private void stopAndReopen(Machine machine) {
        Node last = machine.node;
        if (last == null) {
            return;
        }
        try {
            last.engine.close();
        } catch (SimulatedCrash crash) {
            lives++;
        } catch (StorageException e) {
            diskFailures++;
        }
        last.die();
        if (firstLifeOperations == 0) {
            firstLifeOperations = last.disk.operations();
        }
        machine.disk = last.disk.afterCrash();
        machine.node = null;
        boot(machine);
        Violation.unless(machine.node != null, "G9 the last start failed");
    }

    /** Every node comes up, hears of everything and has the same state. */
    private void allCatchUp() {
        while (!haveAll()) {
            turn();
        }
        for (Machine machine : machines) {
            Node node = machine.node;
            if (node != null) {
                truth.compare(node.engine.core(), "node " + machine.number);
                truth.stillTold(node);
            }
        }
    }

    private boolean haveAll() {
        return Arrays.stream(machines).allMatch(machine -> {
            Node node = machine.running();
            return node != null && node.engine.core().sequence() == truth.sequence();
        });
    }

    private void say(String line) {
        if (trace.isOn()) {
            trace.say(line);
        }
    }
}
