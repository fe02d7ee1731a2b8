package io.holdfast.simulator;

import io.holdfast.core.Core;
import io.holdfast.core.Limits;
import io.holdfast.engine.StorageException;
import io.holdfast.log.FileLog;
import io.holdfast.simulator.disk.DiskFault;
import io.holdfast.simulator.disk.FakeDisk;
import io.holdfast.simulator.disk.SimulatedCrash;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The nodes and their lives: they start, run, die with their disks, and start again. */
final class Machines {

    private static final int MAX_RESTART_MILLIS = 3_000;
    private static final int MAX_DRIFT_PPM = 50_000;
    private static final int COMPARE_ONE_IN = 2_000;
    private static final int MAX_POLLS_AT_ONCE = 6;
    private static final long SOON_IN_FIRST_LIFE = 40;
    private static final long SOON = 400;

    private final World world;
    private final RecordingLog.Durable durable;
    private final Machine[] machines;
    private final @Nullable Group group;
    private int lives;
    private int diskFailures;
    private int installed;
    private long firstLifeOperations;

    Machines(World world) {
        this.world = world;
        this.durable = new RecordingLog.Durable(world.truth);
        this.machines = new Machine[world.nodes];
        RandomGenerator clocks = world.streams.of("clocks");
        for (int i = 0; i < machines.length; i++) {
            NodeClock clock = new NodeClock(world.schedule, clocks.nextLong(1L << 40));
            if (world.faults.strikes(Fault.CLOCK_DRIFT)) {
                clock.drift(world.faults.random(Fault.CLOCK_DRIFT).nextInt(-MAX_DRIFT_PPM, MAX_DRIFT_PPM));
            }
            machines[i] = new Machine(i, clock, new FakeDisk(world.streams.of("disk " + i)));
        }
        this.group = machines.length == 1 ? null : new Group(world, this::installCut);
    }

    int count() {
        return machines.length;
    }

    Machine get(int number) {
        return machines[number];
    }

    /** Null for a node that is alone. */
    @Nullable
    Group group() {
        return group;
    }

    /** Lives of processes that have ended. */
    int lives() {
        return lives;
    }

    /** Lives that ended by a failed disk. */
    int diskFailures() {
        return diskFailures;
    }

    /** Cuts of a leader from which a node started anew. */
    int installed() {
        return installed;
    }

    /** Cuts that became durable, of all nodes. */
    int cuts() {
        return Arrays.stream(machines).mapToInt(machine -> machine.stored.cuts()).sum();
    }

    /** Disk operations of the first process to end. */
    long firstLifeOperations() {
        return firstLifeOperations;
    }

    void bootAll() {
        for (Machine machine : machines) {
            planDiskTrouble(machine);
            boot(machine);
        }
    }

    /** Lets some owners of those who have something to do, do it. Returns how much was done. */
    int pollSome() {
        int done = 0;
        for (Machine machine : machines) {
            Node node = machine.awake(world.schedule.nanos());
            int polls = node == null ? 0 : 1 + world.order.nextInt(MAX_POLLS_AT_ONCE);
            for (int i = 0; node != null && i < polls && machine.node == node; i++) {
                done += poll(node, false);
            }
        }
        return done;
    }

    /** Lets all owners do what there is to do, until one node has done something; the others go to sleep. */
    int pollAll() {
        int done = 0;
        for (int i = 0; done == 0 && i < machines.length; i++) {
            Node node = machines[i].awake(world.schedule.nanos());
            done += node == null ? 0 : poll(node, true);
            if (node != null && done == 0) {
                node.sleep(world.schedule.nanos());
            }
        }
        return done;
    }

    /** Virtual time until somebody wakes up; {@link Long#MAX_VALUE} for never. */
    long idleNanos() {
        long idle = Long.MAX_VALUE;
        for (Machine machine : machines) {
            Node node = machine.running();
            if (node != null && node.wakeAtNanos() != Long.MAX_VALUE) {
                idle = Math.min(idle, node.wakeAtNanos() - world.schedule.nanos());
            }
        }
        return idle;
    }

    private int poll(Node node, boolean all) {
        int done;
        try {
            done = all ? node.pollAll() : node.poll(world.order);
        } catch (SimulatedCrash crash) {
            restart(node, "the power of node " + node.number + " fails");
            return 1;
        }
        if (node.storageFailed()) {
            diskFailures++;
            restart(node, "the disk of node " + node.number + " fails");
            return 1;
        }
        keepsBounds(node);
        Core core = node.engine.core();
        if (done > 0 && world.order.nextInt(COMPARE_ONE_IN) == 0 && core.sequence() == world.truth.sequence()) {
            world.truth.compare(core, "node " + node.number);
        }
        return done;
    }

    private void keepsBounds(Node node) {
        Core core = node.engine.core();
        Limits limits = world.engineOptions.limits();
        Violation.unless(core.unfinished() <= limits.maxUnfinished(), "G10 %s are unfinished, the bound is %s",
                core.unfinished(), limits.maxUnfinished());
        Violation.unless(core.finishedKept() <= limits.maxFinished(), "G10 %s finished are kept, the bound is %s",
                core.finishedKept(), limits.maxFinished());
    }

    /** A process ends, without a word, and another one starts on what its disk still has. */
    void restart(Node dead, String why) {
        world.say(why);
        Machine machine = machines[dead.number];
        dead.die();
        lives++;
        machine.node = null;
        countOperations(dead);
        machine.disk = world.order.nextBoolean() ? dead.disk.afterCrash() : dead.disk.afterKill();
        loseDiskIfDrawn(machine);
        planDiskTrouble(machine);
        world.schedule.after(world.order.nextInt(MAX_RESTART_MILLIS), () -> boot(machine));
    }

    private void countOperations(Node ended) {
        if (firstLifeOperations == 0) {
            firstLifeOperations = ended.disk.operations();
        }
    }

    /** A random number of operations from now the disk crashes or fails. */
    private void planDiskTrouble(Machine machine) {
        long soon = lives == 0 ? SOON_IN_FIRST_LIFE : SOON;
        for (Fault fault : new Fault[]{Fault.CRASH, Fault.WRITE_ERROR, Fault.DISK_FULL}) {
            if (world.faults.strikes(fault)) {
                long at = 1 + world.faults.random(fault).nextLong(soon);
                switch (fault) {
                    case WRITE_ERROR -> machine.disk.failAt(at, DiskFault.WRITE_ERROR);
                    case DISK_FULL -> machine.disk.failAt(at, DiskFault.DISK_FULL);
                    default -> machine.disk.crashAt(at);
                }
            }
        }
    }

    private void loseDiskIfDrawn(Machine machine) {
        if (group != null && group.mayLoseDisk(machine.number) && world.faults.strikes(Fault.LOST_DISK)) {
            world.say("the disk of node " + machine.number + " is lost");
            machine.stored = new SimStore.Durable();
            machine.disk = new FakeDisk(world.faults.random(Fault.LOST_DISK));
            group.lostDisk(machine.number);
        }
    }

    /** A node starts anew from the last cut of its leader. */
    private void installCut(int number, int leader) {
        Machine machine = machines[number];
        Node node = machine.running();
        if (node != null) {
            world.say("node " + number + " starts anew from a cut of node " + leader);
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
        if (group == null && world.faults.strikes(Fault.BIT_FLIP)) {
            flipBit(machine);
        }
        Node.Parts parts = new Node.Parts(world, number, machine.disk, machine.stored, machine.clock,
                world.streams.of("node " + number + " life " + lives));
        Node booted = group == null ? new Node(parts, durable) : new Node(parts, group.join(number));
        try {
            booted.recover();
        } catch (SimulatedCrash crash) {
            restart(booted, "the power of node " + number + " fails while it starts");
            return;
        } catch (StorageException e) {
            Violation.unless(e.kind() == StorageException.Kind.FAILED,
                    "G9 recovery refused what only a crash had left: %s", e.getMessage());
            diskFailures++;
            restart(booted, "the disk of node " + number + " fails while it starts");
            return;
        }
        if (group == null) {
            world.truth.compare(booted.engine.core(), "node " + number);
            world.truth.stillTold(booted);
        }
        machine.node = booted;
        world.say("node " + number + " has started with entry " + booted.engine.core().sequence());
    }

    /** Somebody looks at a copy of the files of which one bit has changed. */
    private void flipBit(Machine machine) {
        RandomGenerator random = world.faults.random(Fault.BIT_FLIP);
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
                    world.truth.sequence());
        } catch (StorageException e) {
            throw new Violation("G9 undamaged files are refused: " + e.getMessage(), e);
        }
    }

    /** A stop of a node that is alone, clean unless trouble was planned for just that moment, and a last start: all must be there. */
    void stopAndReopen() {
        Machine machine = machines[0];
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
        countOperations(last);
        machine.disk = last.disk.afterCrash();
        machine.node = null;
        boot(machine);
        Violation.unless(machine.node != null, "G9 the last start failed");
    }

    /** Whether all run, have all entries, and are done with what follows from them, as the archive. */
    boolean haveAll() {
        return Arrays.stream(machines).allMatch(machine -> {
            Node node = machine.running();
            return node != null && node.engine.core().sequence() == world.truth.sequence()
                    && node.isAsleep(world.schedule.nanos());
        });
    }

    /** Whether all have the same state, and the one that everybody was told of. */
    void compareAll() {
        for (Machine machine : machines) {
            Node node = machine.node;
            if (node != null) {
                world.truth.compare(node.engine.core(), "node " + machine.number);
                world.truth.stillTold(node);
            }
        }
    }
}
