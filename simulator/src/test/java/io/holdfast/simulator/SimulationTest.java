package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulationTest {

    @Test
    void oneSeedTwiceDoesTheSame() {
        assertThat(Simulation.run(42, SimOptions.swarm(30))).isEqualTo(Simulation.run(42, SimOptions.swarm(30)));
    }
}
