package io.holdfast.simulator;

import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.engine.lease.LeaseTerms;
import io.holdfast.engine.lease.LeasedCalls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One worker as a process of a node sees it, on one connection: what was sent to it, and when that is given up. The server's session
 * does the same on threads; what decides is shared: {@link LeasedCalls}, {@link LeaseTerms}. Only the node's process runs it.
 */
final class SimSession {

    private static final LeaseTerms TERMS = LeaseTerms.USUAL;
    private static final int SWEEP_MILLIS = 250;
    private static final int MAX_FLUSH_MILLIS = 3;

    final Node node;
    private final World world;
    private final RandomGenerator random;
    private final Connection connection;
    private final int worker;
    private final ArrayDeque<Leased> unsent = new ArrayDeque<>();
    private final LeasedCalls<Leased> sent = new LeasedCalls<>(TERMS);
    private int taken;
    private long heardNanos;
    private long heardPing;
    private long toldPing;
    private boolean flushIsDue;
    private boolean wasQuiet;
    private boolean leaving;
    private boolean over;

    private record Leased(Call call, Consumer<Result> whenDone) {}

    /** A call on its way, with its number on the connection. */
    record Numbered(long id, Call call) {}

    SimSession(World world, RandomGenerator random, Node node, Connection connection, int worker) {
        this.world = world;
        this.random = random;
        this.node = node;
        this.connection = connection;
        this.worker = worker;
        this.heardNanos = node.nanos();
    }

    void welcome() {
        heardNanos = node.nanos();
        connection.toWorker(link -> link.welcomed(connection, TERMS));
        node.pool.join(this);
        later(SWEEP_MILLIS, this::sweep);
    }

    private void later(int millis, Runnable what) {
        world.schedule.after(millis, () -> node.hear(what));
    }

    int free() {
        return isLive() ? Math.max(0, world.crew.slots() - taken) : 0;
    }

    boolean isLive() {
        return !over && !leaving && node.nanos() - heardNanos < TERMS.quietNanos();
    }

    void give(Call call, Consumer<Result> whenDone) {
        taken++;
        Violation.unless(taken <= world.crew.slots(), "G10 worker %s has %s calls of node %s, and %s slots", worker,
                taken, node.number, world.crew.slots());
        unsent.add(new Leased(call, whenDone));
        if (!flushIsDue) {
            flushIsDue = true;
            later(random.nextInt(MAX_FLUSH_MILLIS), this::flush);
        }
    }

    void ping(long number) {
        heard();
        heardPing = number;
        flush();
    }

    void result(long id, Result result) {
        heard();
        Leased leased = sent.answered(id);
        if (leased != null) {
            ended(leased, result);
        }
        completeIfDone();
    }

    void leaving() {
        heard();
        leaving = true;
        handBackUnsent();
        node.pool.changed();
        completeIfDone();
    }

    private void heard() {
        heardNanos = node.nanos();
        if (wasQuiet) {
            wasQuiet = false;
            node.pool.changed();
        }
    }

    private void flush() {
        flushIsDue = false;
        if (over || leaving) {
            handBackUnsent();
        } else if (!unsent.isEmpty() || heardPing != toldPing) {
            List<Numbered> calls = new ArrayList<>();
            for (Leased leased = unsent.poll(); leased != null; leased = unsent.poll()) {
                calls.add(new Numbered(sent.send(leased, leased.call.timeoutMillis(), node.nanos()), leased.call));
                world.counts.given++;
                say(leased.call);
            }
            toldPing = heardPing;
            long heard = heardPing;
            connection.toWorker(link -> link.take(connection, heard, calls));
        }
    }

    private void say(Call call) {
        if (world.trace.isOn()) {
            world.say("node " + node.number + " gives " + call.operation() + " of " + call.gid() + "/" + call.branchId()
                    + " epoch " + call.epoch() + " to worker " + worker);
        }
    }

    private void sweep() {
        for (Leased leased : sent.giveUp(node.nanos())) {
            world.counts.givenUp++;
            ended(leased, new Result.Unknown(Trouble.WORKER_LOST, "worker " + worker + " has not answered"));
        }
        long silent = node.nanos() - heardNanos;
        if (!over && silent > TERMS.silentNanos()) {
            end();
        } else if (!over && silent > TERMS.quietNanos() && !wasQuiet) {
            wasQuiet = true;
            node.pool.changed();
        }
        if (!over || !sent.isEmpty()) {
            later(SWEEP_MILLIS, this::sweep);
        }
    }

    private void ended(Leased leased, Result result) {
        if (result instanceof Result.HandedBack) {
            world.counts.handedBack++;
        }
        taken--;
        node.receive(() -> leased.whenDone.accept(result));
    }

    private void handBackUnsent() {
        for (Leased leased = unsent.poll(); leased != null; leased = unsent.poll()) {
            ended(leased, new Result.HandedBack());
        }
    }

    private void completeIfDone() {
        if (leaving && !over && sent.isEmpty()) {
            connection.toWorker(link -> link.lost(connection));
            end();
        }
    }

    /** The connection is gone. What was sent may still be under way, and is waited for. */
    void end() {
        if (over) {
            return;
        }
        over = true;
        sent.close();
        handBackUnsent();
        if (world.trace.isOn()) {
            world.say("node " + node.number + " has lost worker " + worker + ", which has " + sent.size() + " calls");
        }
        node.pool.leave(this);
    }
}
