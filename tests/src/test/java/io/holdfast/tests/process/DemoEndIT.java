package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the demo ends, it leaves no process and no file behind. */
class DemoEndIT {
    private static final Duration WAIT = Duration.ofSeconds(240);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path place;
    @SuppressWarnings("NullAway.Init") // set before each test
    private DemoProcess demo;

    @BeforeEach
    void startDemo() throws IOException {
        demo = DemoProcess.start(place, "--seconds=600", "--rate=5");
    }

    @AfterEach
    void endDemo() {
        demo.process().destroyForcibly();
    }

    @Test
    void aRunThatIsInterruptedLeavesNothing() throws Exception {
        List<ProcessHandle> family = awaitFamily();
        demo.process().destroy();

        assertThat(demo.process().waitFor(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Eventually.holds("nobody is left", WAIT, () -> family.stream().noneMatch(DemoEndIT::isRunning));
        assertThat(demo.temporary()).isEmptyDirectory();
    }

    @Test
    void aRunThatIsKilledLeavesNothing() throws Exception {
        List<ProcessHandle> family = awaitFamily();
        demo.process().destroyForcibly().waitFor();

        Eventually.holds("nobody and nothing is left", WAIT, () -> family.stream().noneMatch(DemoEndIT::isRunning)
                && isEmptyButForAScript(demo.temporary()));
    }

    /** Waits until orders are placed, and returns all processes of the run but the demo itself. */
    private List<ProcessHandle> awaitFamily() throws Exception {
        Eventually.holds("orders are placed", WAIT,
                () -> demo.said().contains("placed") || !demo.process().isAlive());
        assertThat(demo.process().isAlive()).as("%s", demo.said()).isTrue();
        List<ProcessHandle> family = new ArrayList<>(demo.process().descendants().toList());
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(demo.temporary(), "holdfast-demo-*")) {
            for (Path run : runs) {
                long pid = Long.parseLong(Files.readAllLines(run.resolve("postgres-data/postmaster.pid")).getFirst());
                family.add(ProcessHandle.of(pid).orElseThrow());
            }
        }
        assertThat(family).hasSizeGreaterThanOrEqualTo(7).allMatch(DemoEndIT::isRunning);
        return family;
    }

    /** A process that has ended but that nobody collects counts as alive, but has no command. */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** A library's script, deleted when its program exits, cannot be kept out of the way of a SIGKILL. */
    private static boolean isEmptyButForAScript(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory,
                entry -> !entry.getFileName().toString().startsWith("detect_linux_distribution_"))) {
            return !entries.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }
}
