package io.holdfast.simulator;

import io.holdfast.simulator.SimOptions.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the story of a seed, with workers, to a file: {@code SEED NODES FILE}. */
final class StoryMain {

    private StoryMain() {
    }

    public static void main(String[] arguments) throws IOException {
        SimOptions options = SimOptions.swarm(200).on(Topology.valueOf(arguments[1])).with(SimOptions.Workers.SOME)
                .withTrace();
        SimReport report = Simulation.run(Long.parseLong(arguments[0]), options);
        Files.write(Path.of(arguments[2]), report.story());
    }
}
