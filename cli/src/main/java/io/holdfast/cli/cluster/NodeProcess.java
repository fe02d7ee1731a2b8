package io.holdfast.cli.cluster;

import io.holdfast.cli.Holdfast;
import io.holdfast.server.process.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node as a process. Thread-safe. */
final class NodeProcess {

    private static final int SHOWN_CHARS = 2_000;

    private final NodeFiles files;
    private final Process process;

    private NodeProcess(NodeFiles files, Process process) {
        this.files = files;
        this.process = process;
    }

    /** Starts it with the Java, the options and the class path of this process; what it prints goes to a file. */
    static NodeProcess start(NodeFiles files) throws IOException {
        List<String> command = JavaCommand.of(Holdfast.class, files.arguments());
        return new NodeProcess(files, new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(files.output().toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start());
    }

    NodeFiles files() {
        return files;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** The end of what it has printed. */
    String lastWords() throws IOException {
        String all = Files.readString(files.output());
        return all.substring(Math.max(0, all.length() - SHOWN_CHARS));
    }

    /** Asks it to stop. */
    void stop() {
        process.destroy();
    }

    /** Waits for its end, and ends it if that takes too long. */
    void awaitEnd(long atMostMillis) throws InterruptedException {
        if (!process.waitFor(atMostMillis, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
