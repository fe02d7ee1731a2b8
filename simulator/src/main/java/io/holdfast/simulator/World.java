package io.holdfast.simulator;

import io.holdfast.engine.EngineOptions;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What everybody in one run shares: time, chance, the network, and what is true. */
final class World {

    final Streams streams;
    /** Chooses what comes first where a machine's scheduler would. */
    final RandomGenerator order;
    final Schedule schedule = new Schedule();
    final Truth truth = new Truth();
    final Trace trace;
    final Faults faults;
    final int nodes;
    final Crew crew;
    final WorkerCounts counts = new WorkerCounts();
    final EngineOptions engineOptions;
    final Network network;
    final SimParticipants participants;
    private @Nullable Throwable broken;

    World(long seed, SimOptions options) {
        this.streams = new Streams(seed);
        this.order = streams.of("order");
        this.trace = Trace.of(schedule, options.traced());
        this.faults = new Faults(streams, options.faultless());
        RandomGenerator shape = streams.of("shape");
        this.nodes = options.drawNodes(shape);
        this.engineOptions = options.drawEngine(shape);
        this.crew = Crew.draw(streams.of("crew"), options.workers());
        this.network = new Network(schedule, faults, trace, streams.of("network"), nodes, crew.workers());
        this.participants = new SimParticipants(schedule, faults, network, trace, truth, streams.of("participants"));
    }

    /** Something is wrong, found where whoever calls would swallow it: it ends the run at the next turn. */
    void broken(Throwable what) {
        if (broken == null) {
            broken = what;
        }
    }

    /**
     * Ends the run if anything was found wrong.
     *
     * @throws Violation if so
     */
    void requireWhole() {
        Throwable what = broken;
        if (what != null) {
            throw new Violation(String.valueOf(what.getMessage()), what);
        }
    }

    /** A line of the story. */
    void say(String line) {
        if (trace.isOn()) {
            trace.say(line);
        }
    }
}
