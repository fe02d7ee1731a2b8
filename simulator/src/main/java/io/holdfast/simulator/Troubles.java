package io.holdfast.simulator;

import io.holdfast.core.Command;
import io.holdfast.core.Core;
import io.holdfast.core.Transaction;
import java.util.List;
import java.util.random.RandomGenerator;

/** What happens to nodes, links and clocks now and then, and what operators do. Until everything heals. */
final class Troubles {

    private static final int MIN_BETWEEN_MILLIS = 200;
    private static final int MAX_BETWEEN_MILLIS = 3_000;
    private static final int MAX_PAUSE_MILLIS = 9_000;
    private static final int MAX_WALL_JUMP_MILLIS = 5_000_000;
    private static final int RESUME_MILLIS = 1_000;

    private final World world;
    private final Faults faults;
    private final Machines machines;
    private final SimWorkers workers;
    private final Requests requests;
    private final List<Deal> deals;

    Troubles(World world, Machines machines, SimWorkers workers, Requests requests, List<Deal> deals) {
        this.world = world;
        this.faults = world.faults;
        this.machines = machines;
        this.workers = workers;
        this.requests = requests;
        this.deals = deals;
    }

    /** The first comes after a while. */
    void begin() {
        world.schedule.after(world.order.nextInt(MIN_BETWEEN_MILLIS, MAX_BETWEEN_MILLIS), this::happen);
    }

    private void happen() {
        if (faults.isHealed()) {
            return;
        }
        begin();
        toNodes();
        workers.happen();
        if (faults.strikes(Fault.PARTITION)) {
            world.network.partition();
        }
        if (faults.strikes(Fault.CLOCK_JUMP)) {
            drawn(Fault.CLOCK_JUMP).clock.jumpWall(faults.random(Fault.CLOCK_JUMP).nextInt(-MAX_WALL_JUMP_MILLIS,
                    MAX_WALL_JUMP_MILLIS));
        }
        if (faults.strikes(Fault.ACTIVATION)) {
            requests.submit(faults.random(Fault.ACTIVATION), new Command.Activate(Core.VERSION), reply -> {
            });
        }
        if (faults.strikes(Fault.OPERATOR)) {
            operate();
        }
    }

    private void toNodes() {
        Node victim = drawn(Fault.KILL).running();
        if (victim != null && faults.strikes(Fault.KILL)) {
            machines.restart(victim, "node " + victim.number + " is killed");
        }
        Node sleeper = drawn(Fault.PAUSE).running();
        if (sleeper != null && faults.strikes(Fault.PAUSE)) {
            pause(sleeper);
        }
        Group group = machines.group();
        if (group != null && faults.strikes(Fault.LEADER_CHANGE)) {
            group.changeLeader();
        }
    }

    private Machine drawn(Fault fault) {
        return machines.get(faults.random(fault).nextInt(machines.count()));
    }

    private void pause(Node node) {
        int millis = faults.random(Fault.PAUSE).nextInt(MAX_PAUSE_MILLIS);
        world.say("node " + node.number + " stands still for " + millis + " ms");
        node.pause();
        world.schedule.after(millis, () -> goOn(node));
    }

    private void goOn(Node node) {
        if (node.isAlive() && node.isPaused()) {
            world.say("node " + node.number + " goes on");
            node.goOn();
        }
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
        world.say("operator: " + action + " " + gid);
        requests.submit(random, new Command.Operate(gid, action, "sim", "because"), reply -> {
        });
    }

    /** From now on nothing goes wrong. */
    void heal() {
        world.say("everything heals");
        faults.heal();
        for (int i = 0; i < machines.count(); i++) {
            Node node = machines.get(i).node;
            if (node != null) {
                goOn(node);
            }
        }
        workers.heal();
        // Whoever was paused by an operator is let go, else nothing would end.
        deals.forEach(deal -> resume(deal.gid));
    }

    private void resume(String gid) {
        Transaction transaction = world.truth.find(gid);
        boolean goesOn = transaction == null || !transaction.state().isFinished();
        if (transaction != null && goesOn && wasPausedByOperator(transaction)) {
            requests.submit(world.order, new Command.Operate(gid, Command.OperatorAction.RESUME, "sim", "healed"),
                    reply -> {
                    });
        }
        if (goesOn) {
            // A late order to pause may still be on its way.
            world.schedule.after(RESUME_MILLIS, () -> resume(gid));
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
}
