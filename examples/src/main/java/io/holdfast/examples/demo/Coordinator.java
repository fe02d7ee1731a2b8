package io.holdfast.examples.demo;

import io.holdfast.components.FreePort;
import io.holdfast.examples.process.ChildProcess;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** The Holdfast server as a process that can be killed and comes back with the same data on the same port. */
final class Coordinator {
    private static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-Xmx512m");

    private final WorkDirectory directory;
    private final JavaProcess program;
    private final int port;
    private volatile ChildProcess process;

    private Coordinator(WorkDirectory directory, JavaProcess program, int port) throws IOException {
        this.directory = directory;
        this.program = program;
        this.port = port;
        this.process = program.start(directory);
    }

    /** @param mainClass understands {@code server --data DIR --port P} */
    static Coordinator start(WorkDirectory directory, String mainClass) throws IOException {
        int port = FreePort.choose();
        List<String> arguments = List.of("server", "--data", directory.resolve("coordinator-data").toString(), "--port",
                Integer.toString(port));
        return new Coordinator(directory, new JavaProcess("coordinator", JVM_FLAGS, mainClass, arguments), port);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Throws with its last words if the process has ended by itself. */
    void requireAlive() throws IOException {
        process.requireAlive();
    }

    /** Ends the process with SIGKILL and starts it anew at once. */
    void killAndRestart(Recovery recovery) throws IOException, InterruptedException {
        long killedAtNanos = System.nanoTime();
        process.kill();
        recovery.killed(killedAtNanos, System.nanoTime());
        process = program.start(directory);
    }
}
