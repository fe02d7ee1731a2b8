package io.holdfast.examples.demo;

import io.holdfast.components.FreePort;
import io.holdfast.examples.gateway.GatewayService;
import io.holdfast.examples.process.ChildProcess;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The gateway as a process that can be killed and comes back on the same port, knowing nothing. */
final class Gateway {
    private static final Duration START_WAIT = Duration.ofSeconds(60);

    private final WorkDirectory directory;
    private final JavaProcess program;
    private final int port;
    private volatile ChildProcess process;

    private Gateway(WorkDirectory directory, JavaProcess program, int port) throws IOException {
        this.directory = directory;
        this.program = program;
        this.port = port;
        this.process = program.start(directory);
    }

    /** @param arguments of {@link GatewayService}, without the port */
    static Gateway start(WorkDirectory directory, List<String> jvmFlags, List<String> arguments) throws IOException {
        int port = FreePort.choose();
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--port", Integer.toString(port)));
        return new Gateway(directory,
                new JavaProcess("gateway", jvmFlags, GatewayService.class.getName(), all), port);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Throws with its last words if the process has ended by itself. */
    void requireAlive() throws IOException {
        process.requireAlive();
    }

    /** Ends the process with SIGKILL, starts it anew at once and waits until it listens. */
    void killAndRestart() throws IOException, InterruptedException {
        process.kill();
        process = program.start(directory);
        process.awaitListening(START_WAIT);
    }
}
