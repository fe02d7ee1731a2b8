package io.holdfast.simulator;

import io.holdfast.engine.EngineOptions;
import java.util.random.RandomGenerator;

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
    final EngineOptions engineOptions;
    final Network network;
    final SimParticipants participants;

    World(long seed, SimOptions options) {
        this.streams = new Streams(seed);
        this.order = streams.of("order");
        this.trace = Trace.of(schedule, options.traced());
        this.faults = new Faults(streams, options.faultless());
        RandomGenerator shape = streams.of("shape");
        this.nodes = options.drawNodes(shape);
        this.engineOptions = options.drawEngine(shape);
        this.network = new Network(schedule, faults, trace, streams.of("network"), nodes);
        this.participants = new SimParticipants(schedule, faults, network, trace, truth, streams.of("participants"));
    }

    /** A line of the story. */
    void say(String line) {
        if (trace.isOn()) {
            trace.say(line);
        }
    }
}
