package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the demo ends, it leaves no process and no file behind. */
class DemoProgramIT {
    private static final long WAIT_SECONDS = 120;

    @TempDir
    private Path place;

    private final List<Process> started = new ArrayList<>();
    private Path temporary;

    @BeforeEach
    void makeTemporaryDirectory() throws IOException {
        temporary = Files.createDirectory(place.resolve("tmp"));
    }

    @AfterEach
    void endDemo() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aFailedRunKeepsItsEvidenceBesideTheReport() throws Exception {
        Process demo = start("--seconds=3", "--rate=20", "--kills=0", "--faults=off", "--plant=double-confirm",
                "--seed=1");

        assertThat(demo.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as("%s", output()).isEqualTo(1);
        assertThat(place.resolve("report.json")).content().contains("\"verdict\" : \"failed\"", "doubleEffects=");
        assertThat(place.resolve("report.json.evidence")).isDirectoryContaining("glob:**/journal.jsonl");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aRunThatIsInterruptedLeavesNothing() throws Exception {
        Process demo = start("--seconds=600", "--rate=5");
        List<ProcessHandle> family = awaitFamily(demo);
        demo.destroy();

        assertThat(demo.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        await(() -> family.stream().noneMatch(DemoProgramIT::isRunning));
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aRunThatIsKilledLeavesNothing() throws Exception {
        Process demo = start("--seconds=600", "--rate=5");
        List<ProcessHandle> family = awaitFamily(demo);
        demo.destroyForcibly().waitFor();

        await(() -> family.stream().noneMatch(DemoProgramIT::isRunning) && isEmptyButForAScript(temporary));
        assertThat(family).noneMatch(DemoProgramIT::isRunning);
        assertThat(isEmptyButForAScript(temporary)).isTrue();
    }

    private Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary, "-XX:-UsePerfData", "-cp",
                        System.getProperty("java.class.path"), DemoProgram.class.getName(),
                        "--report=" + place.resolve("report.json")));
        command.addAll(List.of(options));
        Process demo = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(place.resolve("output").toFile())
                .start();
        started.add(demo);
        return demo;
    }

    /** Waits until orders are placed, and returns all processes of the run but the demo itself. */
    private List<ProcessHandle> awaitFamily(Process demo) throws IOException {
        await(() -> output().contains("placed") || !demo.isAlive());
        assertThat(demo.isAlive()).as("%s", output()).isTrue();
        List<ProcessHandle> family = new ArrayList<>(demo.descendants().toList());
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(temporary, "holdfast-demo-*")) {
            for (Path run : runs) {
                long pid = Long.parseLong(Files.readAllLines(run.resolve("postgres-data/postmaster.pid")).getFirst());
                family.add(ProcessHandle.of(pid).orElseThrow());
            }
        }
        assertThat(family).hasSizeGreaterThanOrEqualTo(7).allMatch(DemoProgramIT::isRunning);
        return family;
    }

    private String output() {
        try {
            return Files.readString(place.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
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

    private static void await(BooleanSupplier condition) {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean() && System.nanoTime() - giveUpAtNanos < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
