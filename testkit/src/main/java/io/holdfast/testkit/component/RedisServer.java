package io.holdfast.testkit.component;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis in a process and a directory of its own, on a free port of the loopback interface, and its command line. Both go
 * when it is closed or this virtual machine ends. Thread-safe.
 */
public final class RedisServer implements AutoCloseable {
    /** The server under the name that the package without a service has it by: what it does goes by the name it is called by. */
    private static final String SERVER = "redis-check-rdb";
    private static final String CLIENT = "redis-cli";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ANSWER_SECONDS = 30;

    private final Path directory;
    private final int port;
    private final Thread endWithJvm = new Thread(this::end, "end-redis");
    private volatile @Nullable Process process;

    private RedisServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Skips the running test where Redis is not on this machine, or fails it where nothing may be missing. */
    public static void require() {
        Components.require("run scripts/components.sh, which installs or unpacks Redis", SERVER, CLIENT);
    }

    /**
     * Starts a server and waits until it answers. Nothing is kept on disk, unless an option says so.
     *
     * @param options more options of {@code redis-server}
     * @throws IllegalStateException if it does not answer; the message has what it said
     */
    public static RedisServer start(String... options) throws IOException, InterruptedException {
        RedisServer server = new RedisServer(Files.createTempDirectory("holdfast-redis"), freePort());
        Runtime.getRuntime().addShutdownHook(server.endWithJvm);
        try {
            server.run(options);
        } catch (Throwable e) {
            server.close();
            throw e;
        }
        return server;
    }

    public int port() {
        return port;
    }

    /**
     * Runs one command in a process of {@code redis-cli}, for example {@code HGETALL key} or {@code --eval file key , argument}.
     *
     * @return what it printed: values as they are, one a line
     * @throws IllegalStateException if the server answers with an error, or not at all
     */
    public String command(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program(CLIENT).toString(), "-p", Integer.toString(port), "-e"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Components.useUnpackedLibraries(builder.environment());
        Process client = builder.start();
        client.getOutputStream().close();
        String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!client.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS) || client.exitValue() != 0) {
            client.destroyForcibly();
            throw new IllegalStateException(String.join(" ", words) + ": " + said);
        }
        return said;
    }

    /** Ends the server with SIGKILL and deletes its directory. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        end();
    }

    private void run(String... options) throws IOException, InterruptedException {
        Path server = Files.createSymbolicLink(directory.resolve("redis-server"), program(SERVER));
        List<String> command = new ArrayList<>(List.of(server.toString(), "--port", Integer.toString(port), "--bind",
                "127.0.0.1", "--dir", directory.toString(), "--save", "", "--daemonize", "no"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(log().toFile());
        Components.useUnpackedLibraries(builder.environment());
        Process started = builder.start();
        process = started;
        awaitReady(started);
    }

    private void awaitReady(Process server) throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                if (command("PING").equals("PONG")) {
                    return;
                }
            } catch (IllegalStateException e) {
                if (!server.isAlive() || System.nanoTime() - giveUpAtNanos >= 0) {
                    throw new IllegalStateException("redis-server does not answer:\n" + Files.readString(log()), e);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static Path program(String name) {
        Path path = Components.find(name);
        if (path == null) {
            throw new IllegalStateException(name + " is not on this machine");
        }
        return path;
    }

    private void end() {
        try {
            Process last = process;
            if (last != null) {
                last.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("cannot remove " + directory + ": " + e);
        }
    }

    private Path log() {
        return directory.resolve("redis.log");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
