package io.holdfast.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** One life of one process of a worker. It has a stream with each node and no state that outlives it. */
final class SimWorker {

    final int number;
    private final World world;
    private final NodeClock clock;
    private final RandomGenerator random;
    private final Runnable whenEnded;
    private final List<SimLink> links = new ArrayList<>();
    private final List<Runnable> deferred = new ArrayList<>();
    private boolean alive = true;
    private boolean paused;
    private boolean draining;

    /** @param whenEnded told when it has left by itself */
    SimWorker(World world, int number, NodeClock clock, RandomGenerator random, Machines machines, Runnable whenEnded) {
        this.world = world;
        this.number = number;
        this.clock = clock;
        this.random = random;
        this.whenEnded = whenEnded;
        for (int i = 0; i < machines.count(); i++) {
            links.add(new SimLink(world, this, machines.get(i)));
        }
    }

    void start() {
        links.forEach(SimLink::connect);
    }

    Connection newConnection(SimLink link) {
        return new Connection(world, random, link);
    }

    /** The streams that are there, be they of use or not. */
    List<Connection> connections() {
        List<Connection> all = new ArrayList<>();
        for (SimLink link : links) {
            Connection one = link.connection();
            if (one != null && !one.isGone()) {
                all.add(one);
            }
        }
        return all;
    }

    long nanos() {
        return clock.nanos();
    }

    boolean isAlive() {
        return alive;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isDraining() {
        return draining;
    }

    /** Something arrives: at once, when the process goes on, or never. */
    void hear(Runnable what) {
        if (paused) {
            deferred.add(what);
        } else if (alive) {
            what.run();
        }
    }

    void later(int millis, Runnable what) {
        world.schedule.after(millis, () -> hear(what));
    }

    void pause() {
        paused = true;
    }

    void goOn() {
        paused = false;
        List<Runnable> arrived = List.copyOf(deferred);
        deferred.clear();
        arrived.forEach(this::hear);
    }

    /** Is told to stop: it takes no more calls and ends when those that it has are done. */
    void drain() {
        draining = true;
        links.forEach(SimLink::drain);
        endIfDrained();
    }

    void endIfDrained() {
        if (alive && links.stream().allMatch(SimLink::isDrained)) {
            whenEnded.run();
        }
    }

    /**
     * The process is gone, and what it had begun goes on without it.
     *
     * @param withAWord whether its machine says so to the nodes, after what it had sent before
     */
    void die(boolean withAWord) {
        alive = false;
        paused = false;
        deferred.clear();
        if (withAWord) {
            connections().forEach(connection -> connection.toNode(SimSession::end));
        }
    }
}
