package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.simulator.SimOptions.Topology;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {

    private static final int MAX_SECONDS = 120;

    @ParameterizedTest
    @EnumSource(value = Topology.class, names = {"ALONE", "GROUP"})
    void oneSeedTwiceDoesTheSame(Topology nodes) {
        SimOptions options = SimOptions.swarm(30).on(nodes).with(SimOptions.Workers.SOME).withTrace();
        SimReport report = Simulation.run(42, options);
        assertThat(report.story()).isNotEmpty();
        assertThat(Simulation.run(42, options)).isEqualTo(report);
    }

    /** What hash codes of objects are, and in which order unordered collections go, differs from process to process. */
    @ParameterizedTest
    @EnumSource(value = Topology.class, names = {"ALONE", "GROUP"})
    void anotherProcessTellsTheSameStoryByteForByte(Topology nodes, @TempDir Path directory) throws Exception {
        Path first = story(nodes, directory.resolve("first"), "-XX:hashCode=0");
        Path second = story(nodes, directory.resolve("second"), "-XX:hashCode=5");
        assertThat(Files.size(first)).isGreaterThan(10_000);
        assertThat(second).hasSameBinaryContentAs(first);
    }

    private static Path story(Topology nodes, Path file, String hashes) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "-XX:+UnlockExperimentalVMOptions", hashes,
                "-Xshare:off", "-cp", System.getProperty("java.class.path"), StoryMain.class.getName(), "7",
                nodes.name(),
                file.toString()).redirectErrorStream(true).redirectOutput(Redirect.INHERIT).start();
        assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return file;
    }
}
