package io.holdfast.bench.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code holdfast server} as it is shipped, in a JVM of its own, on a port that stays the same. Used by one thread. */
public final class ServerJvm implements AutoCloseable {

    /** The main class of the launcher. */
    public static final String PACKAGED_MAIN = "io.holdfast.cli.Holdfast";

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /**
     * Below the range from which Linux takes ports for outgoing connections: inside it a client that knocks at a closed port can be
     * given that very port and connect to itself.
     */
    private static final int LOWEST_PORT = 20_000;
    private static final int BELOW_PORT = 32_000;
    private static final int PORT_ATTEMPTS = 200;

    private final Workplace workplace;
    private final Process process;
    private final Path output;
    private final int port;
    private final long startedNanos;
    private final long startedWallMillis;

    /**
     * What to start.
     *
     * @param mainClass understands {@code server --data DIR --port P --config FILE}
     * @param data      where its log and store lie
     * @param config    lines of YAML; may be empty
     */
    public record Start(String mainClass, Path data, List<String> config) {}

    private ServerJvm(Workplace workplace, Start start) throws IOException {
        this.workplace = workplace;
        this.port = freePort();
        this.output = workplace.newFile("server");
        List<String> arguments = new ArrayList<>(
                List.of("server", "--data", start.data.toString(), "--port", Integer.toString(port)));
        if (!start.config.isEmpty()) {
            Path config = output.resolveSibling(output.getFileName() + ".yaml");
            Files.write(config, start.config);
            arguments.addAll(List.of("--config", config.toString()));
        }
        ProcessBuilder builder = Launch.java(start.mainClass, arguments, output)
                .redirectOutput(Redirect.appendTo(output.toFile()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        this.startedWallMillis = System.currentTimeMillis();
        this.startedNanos = System.nanoTime();
        this.process = Launch.start(builder, workplace);
    }

    /** Starts a server; does not wait for it. */
    public static ServerJvm start(Workplace workplace, Start start) throws IOException {
        return new ServerJvm(workplace, start);
    }

    /** One that nobody listens on now. */
    public static int freePort() throws IOException {
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            int candidate = ThreadLocalRandom.current().nextInt(LOWEST_PORT, BELOW_PORT);
            try (ServerSocket probe = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException e) {
                // Taken: try another.
            }
        }
        throw new IOException("no free port found from " + LOWEST_PORT + " to " + BELOW_PORT);
    }

    /** Waits until it has recovered and lets requests in. */
    public ServerJvm awaitListening() throws IOException {
        long giveUpAt = System.nanoTime() + START_LIMIT.toNanos();
        while (!printed().contains(" listening on ")) {
            requireAlive();
            if (System.nanoTime() - giveUpAt > 0) {
                throw new ChildFailed("the server did not start within " + START_LIMIT.toMinutes() + " minutes",
                        output);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return this;
    }

    /** Throws with the end of its output if it has ended. */
    public void requireAlive() throws ChildFailed {
        if (!process.isAlive()) {
            throw new ChildFailed("the server ended by itself with exit code " + process.exitValue(), output);
        }
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** {@link System#nanoTime} just before the process was made. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Wall time just before the process was made. */
    public long startedWallMillis() {
        return startedWallMillis;
    }

    /** All that it has printed, log lines included. */
    public String printed() throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }

    /** Processor time so far. */
    public long cpuNanos() throws ChildFailed {
        return Launch.cpuNanos(process, "the server", output);
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL, and waits until it is gone. */
    @Override
    public void close() {
        Launch.kill(process, workplace);
    }
}
