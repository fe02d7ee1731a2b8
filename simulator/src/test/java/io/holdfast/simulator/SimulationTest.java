package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.simulator.SimOptions.Topology;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {

    @ParameterizedTest
    @EnumSource(value = Topology.class, names = {"ALONE", "GROUP"})
    void oneSeedTwiceTellsTheSameStory(Topology nodes) {
        SimOptions options = SimOptions.swarm(30).on(nodes).withTrace();
        SimReport report = Simulation.run(42, options);
        assertThat(report.story()).isNotEmpty();
        assertThat(Simulation.run(42, options)).isEqualTo(report);
    }
}
