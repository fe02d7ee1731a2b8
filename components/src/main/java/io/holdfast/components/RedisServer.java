package io.holdfast.components;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Redis server on a free port, with its data at a site. Thread-safe. */
public final class RedisServer {
    /** The server under the name that the package without a service has it by: what it does goes by the name it is called by. */
    private static final String SERVER = "redis-check-rdb";
    private static final String CLIENT = "redis-cli";
    private static final long ANSWER_SECONDS = 30;

    private final Path client;
    private final int port;

    private RedisServer(Path client, int port) {
        this.client = client;
        this.port = port;
    }

    /** The programs that it needs. */
    public static List<String> programs() {
        return List.of(SERVER, CLIENT);
    }

    /**
     * Starts a server and waits until it answers. Nothing is kept on disk, unless an option says so.
     *
     * @param options more options of {@code redis-server}
     * @throws IOException if it does not; the message has what it said
     */
    public static RedisServer start(Site site, String... options)
            throws MissingProgramException, IOException, InterruptedException {
        RedisServer started = new RedisServer(Programs.required(CLIENT), FreePort.choose());
        Path data = Files.createDirectories(site.directory().resolve("redis-data"));
        Path server = site.directory().resolve("redis-server");
        Files.createSymbolicLink(server, Programs.required(SERVER));
        List<String> command = new ArrayList<>(List.of(server.toString(), "--port", Integer.toString(started.port),
                "--bind", "127.0.0.1", "--dir", data.toString(), "--save", "", "--daemonize", "no"));
        command.addAll(List.of(options));
        SiteProcess.start(site, "redis", command).awaitAnswer(() -> started.command("PING"));
        return started;
    }

    public int port() {
        return port;
    }

    /**
     * Runs one command in a process of {@code redis-cli}, for example {@code HGETALL key} or {@code --eval file key , argument}.
     *
     * @return what it printed: values as they are, one a line
     * @throws IOException if the server answers with an error, or not at all
     */
    public String command(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(client.toString(), "-p", Integer.toString(port), "-e"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Programs.useUnpackedLibraries(builder.environment());
        Process running = builder.start();
        running.getOutputStream().close();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!running.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS) || running.exitValue() != 0) {
            running.destroyForcibly();
            throw new IOException(String.join(" ", words) + ": " + said);
        }
        return said;
    }
}
