package io.holdfast.tests.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code holdfast worker} in a JVM of its own. Never outlives this JVM. Not thread-safe. */
final class WorkerProcess implements AutoCloseable {

    private static final Duration END_LIMIT = Duration.ofSeconds(40);

    private final String name;
    private final Process process;

    private WorkerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /** Starts one; does not wait for it. Its output goes to {@code NAME.log} in the directory. */
    static WorkerProcess start(Path directory, String name, String servers, int slots) throws IOException {
        Process process = new ProcessBuilder(
                ServerProcess.command(List.of("worker", "--name", name, "--server", servers,
                        "--slots", Integer.toString(slots))))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(directory.resolve(name + ".log").toFile()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).start();
        ServerProcess.neverOutlives(process);
        return new WorkerProcess(name, process);
    }

    String name() {
        return name;
    }

    void sigkill() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("worker " + name + " ended by itself with " + process.exitValue());
        }
        process.destroyForcibly().waitFor();
    }

    void pause() throws Exception {
        ServerProcess.signal(process, "STOP");
    }

    void goOn() throws Exception {
        ServerProcess.signal(process, "CONT");
    }

    /** Tells it to stop, and waits. Returns its exit code. */
    int stop() throws InterruptedException {
        sigterm();
        return awaitEnd();
    }

    void sigterm() {
        process.destroy();
    }

    /** The exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("worker " + name + " did not end within " + END_LIMIT);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
