package io.holdfast.conformance.dtmcli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packaged server as a process of its own, with nothing on its class path but what the distribution has. It can be killed
 * and comes back with the same data on the same port.
 */
final class HoldfastProcess implements AutoCloseable {

    private static final Pattern LISTENING = Pattern
            .compile("^holdfast \\S+ listening on http://127\\.0\\.0\\.1:(\\d+) ", Pattern.MULTILINE);
    private static final Duration START_WAIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Path directory;
    private final Thread endWithJvm = new Thread(this::destroy);
    private int starts;
    private int port;
    private Process process;

    private HoldfastProcess(Path directory) throws IOException {
        this.directory = directory;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(endWithJvm);
    }

    /** Starts a server on a free port with its data below the directory. */
    static HoldfastProcess start(Path directory) throws IOException {
        HoldfastProcess server = new HoldfastProcess(directory);
        server.port = server.awaitListening();
        return server;
    }

    /** As dtm's clients are configured: host and port. */
    String address() {
        return "127.0.0.1:" + port;
    }

    /** Ends the process with SIGKILL and starts another on the same data and port. */
    void killAndRestart() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        process = launch();
        awaitListening();
    }

    @Override
    public void close() throws InterruptedException {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        process.destroyForcibly().waitFor();
    }

    private Process launch() throws IOException {
        starts++;
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx256m", "-cp",
                libraries().resolve("*").toString(), "io.holdfast.cli.Holdfast", "server", "--data",
                directory.resolve("data").toString(), "--port", Integer.toString(port)).redirectErrorStream(true)
                .redirectOutput(log().toFile()).start();
    }

    private static Path libraries() {
        Path libraries = Path.of(System.getProperty("holdfast.root"), "cli", "target", "holdfast", "lib");
        if (!Files.isDirectory(libraries)) {
            throw new IllegalStateException("there is no packaged server in " + libraries
                    + ": build it with 'mvn -pl cli -am package', or run 'mvn verify', which does so on its way here");
        }
        return libraries;
    }

    private int awaitListening() throws IOException {
        long giveUpAtNanos = System.nanoTime() + START_WAIT.toNanos();
        while (process.isAlive() && System.nanoTime() < giveUpAtNanos) {
            Matcher line = LISTENING.matcher(Files.readString(log()));
            if (line.find()) {
                return Integer.parseInt(line.group(1));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        List<String> said = Files.readAllLines(log());
        destroy();
        throw new IllegalStateException("the server did not start; it said:\n" + String.join("\n", said));
    }

    private Path log() {
        return directory.resolve("server-" + starts + ".log");
    }

    private void destroy() {
        process.destroyForcibly();
    }
}
