package io.holdfast.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The workers and their lives, and what happens to them now and then. */
final class SimWorkers {

    private static final int MAX_START_MILLIS = 3_000;
    private static final int MAX_PAUSE_MILLIS = 9_000;
    private static final int MAX_DRAIN_MILLIS = 6_000;
    /** What the grace of a lease has to cover, together with the drift of nodes. */
    private static final int MAX_DRIFT_PPM = 20_000;

    private final World world;
    private final Machines machines;
    private final RandomGenerator random;
    private final RandomGenerator streams;
    private final Place[] places;

    /** What of a worker outlives its processes. */
    private static final class Place {
        final int number;
        final NodeClock clock;
        @Nullable
        SimWorker worker;

        Place(int number, NodeClock clock) {
            this.number = number;
            this.clock = clock;
        }
    }

    SimWorkers(World world, Machines machines) {
        this.world = world;
        this.machines = machines;
        this.random = world.streams.of("workers' lives");
        this.streams = world.streams.of("workers' streams");
        this.places = new Place[world.crew.workers()];
        for (int i = 0; i < places.length; i++) {
            NodeClock clock = new NodeClock(world.schedule, random.nextLong(1L << 40));
            if (world.faults.strikes(Fault.CLOCK_DRIFT)) {
                clock.drift(world.faults.random(Fault.CLOCK_DRIFT).nextInt(-MAX_DRIFT_PPM, MAX_DRIFT_PPM));
            }
            places[i] = new Place(i, clock);
        }
    }

    void begin() {
        Arrays.stream(places).forEach(this::startSoon);
    }

    private void startSoon(Place place) {
        world.schedule.after(random.nextInt(MAX_START_MILLIS), () -> start(place));
    }

    private void start(Place place) {
        SimWorker started = new SimWorker(world, place.number, place.clock, streams, machines,
                () -> ended(place, "worker " + place.number + " has left"));
        place.worker = started;
        world.say("worker " + place.number + " has started");
        started.start();
    }

    private void ended(Place place, String why) {
        SimWorker dead = place.worker;
        if (dead != null) {
            world.say(why);
            place.worker = null;
            dead.die(random.nextBoolean());
            startSoon(place);
        }
    }

    /** Lets happen what is drawn. */
    void happen() {
        if (places.length == 0) {
            return;
        }
        for (Fault fault : List.of(Fault.WORKER_KILL, Fault.WORKER_STOP, Fault.WORKER_PAUSE, Fault.STREAM_BREAK)) {
            Place place = places[world.faults.random(fault).nextInt(places.length)];
            SimWorker worker = place.worker;
            if (worker != null && !worker.isPaused() && world.faults.strikes(fault)) {
                happen(fault, place, worker);
            }
        }
        if (world.faults.strikes(Fault.WORKER_PARTITION)) {
            world.network.partitionWorker();
        }
    }

    private void happen(Fault fault, Place place, SimWorker worker) {
        switch (fault) {
            case WORKER_KILL -> ended(place, "worker " + place.number + " is killed");
            case WORKER_STOP -> stop(place, worker);
            case WORKER_PAUSE -> pause(worker);
            default -> breakStream(worker);
        }
    }

    private void stop(Place place, SimWorker worker) {
        world.say("worker " + place.number + " is told to stop");
        worker.drain();
        world.schedule.after(MAX_DRAIN_MILLIS, () -> {
            if (place.worker == worker) {
                ended(place, "worker " + place.number + " is stopped before it was done");
            }
        });
    }

    private void pause(SimWorker worker) {
        int millis = world.faults.random(Fault.WORKER_PAUSE).nextInt(MAX_PAUSE_MILLIS);
        world.say("worker " + worker.number + " stands still for " + millis + " ms");
        worker.pause();
        world.schedule.after(millis, () -> goOn(worker));
    }

    private void goOn(SimWorker worker) {
        if (worker.isAlive() && worker.isPaused()) {
            world.say("worker " + worker.number + " goes on");
            worker.goOn();
        }
    }

    private void breakStream(SimWorker worker) {
        List<Connection> all = worker.connections();
        if (!all.isEmpty()) {
            world.say("a connection of worker " + worker.number + " breaks");
            all.get(world.faults.random(Fault.STREAM_BREAK).nextInt(all.size())).lose();
        }
    }

    /** Nobody stands still any more. */
    void heal() {
        for (Place place : places) {
            SimWorker worker = place.worker;
            if (worker != null) {
                goOn(worker);
            }
        }
    }
}
