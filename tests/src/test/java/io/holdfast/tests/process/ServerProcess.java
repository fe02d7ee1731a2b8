package io.holdfast.tests.process;

import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * {@code holdfast server} in a JVM of its own, with the class path and the flags of the launcher. Never outlives this JVM. One
 * object is one place: data directory, port and output stay the same over all its lives. Not thread-safe.
 */
public final class ServerProcess implements AutoCloseable {

    /** As the launcher's, but small. Nothing that limits the compilers: a kill has to hit the server as it is shipped. */
    private static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:+ExitOnOutOfMemoryError", "-Xmx512m", "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);
    private static final int SHOWN_CHARS = 6_000;
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> ALIVE.forEach(Process::destroyForcibly)));
    }

    private final Place place;
    private final Path data;
    private final int port;
    private final Path output;
    private final List<String> options;
    private Process process;
    private long outputBefore;

    private ServerProcess(Place place, Path data, int port, Path output, List<String> options) throws IOException {
        this.place = place;
        this.data = data;
        this.port = port;
        this.output = output;
        this.options = options;
        this.process = launch();
    }

    /** Starts a server on a directory; does not wait for it. Its output goes to {@code NAME.log} beside the directory. */
    static ServerProcess start(Path data, int port, String... options) throws IOException {
        return start(Place.HERE, data, port, options);
    }

    /** As the one above, in another place than beside the test. */
    static ServerProcess start(Place place, Path data, int port, String... options) throws IOException {
        return new ServerProcess(place, data, port, data.resolveSibling(data.getFileName() + ".log"),
                List.of(options));
    }

    /** A second server that is told to use the directory of this one. */
    ServerProcess rival() throws IOException {
        return new ServerProcess(place, data, 0, data.resolveSibling(data.getFileName() + "-rival.log"), List.of());
    }

    private Process launch() throws IOException {
        outputBefore = Files.exists(output) ? Files.size(output) : 0;
        List<String> arguments = new ArrayList<>(
                List.of("server", "--data", data.toString(), "--port", Integer.toString(port)));
        arguments.addAll(options);
        List<String> command = new ArrayList<>(place.prefix());
        command.addAll(command(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(place.environment());
        Process started = builder.redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(output.toFile()))
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).start();
        neverOutlives(started);
        return started;
    }

    /** How the launcher would start it. */
    static List<String> command(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(StartupCache.options(classPath(), JVM_FLAGS));
        command.addAll(List.of("-cp", classPath(), Holdfast.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /** It ends with this JVM. */
    static void neverOutlives(Process process) {
        ALIVE.add(process);
    }

    /** The folder that the launcher runs, where Maven has just put it; without it (in an IDE) what the tests run on. */
    static String classPath() {
        try {
            Path cli = Path.of(Holdfast.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return cli.toString().endsWith(".jar")
                    ? cli.resolveSibling("*").toString()
                    : System.getProperty("java.class.path");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts the next life in the same place; the one before must have ended. */
    public void startAgain() throws IOException {
        if (process.isAlive()) {
            throw new IllegalStateException("it still runs");
        }
        process = launch();
    }

    /** Returns the milliseconds it took. */
    public long awaitListening() throws Exception {
        return Eventually.holds("the server listens", START_LIMIT, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the server ended with " + process.exitValue() + " instead of listening:\n"
                        + said());
            }
            return isListening();
        });
    }

    public boolean isListening() {
        return printed(outputBefore).contains(" listening on " + url() + " ");
    }

    /** SIGKILL, and waits until the process is gone. Fails if it was gone already, by itself. */
    public void sigkill() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("the server ended by itself with " + process.exitValue() + ":\n" + said());
        }
        process.destroyForcibly();
        awaitEnd();
    }

    public void sigterm() {
        process.destroy();
    }

    /** The exit code. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the server did not end within " + END_LIMIT + ":\n" + said());
        }
        ALIVE.remove(process);
        return process.exitValue();
    }

    /** It stands still until {@link #goOn}: it keeps its connections, and answers nothing. */
    public void pause() throws Exception {
        signal(process, "STOP");
    }

    public void goOn() throws Exception {
        signal(process, "CONT");
    }

    static void signal(Process process, String name) throws Exception {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
        if (code != 0) {
            throw new AssertionError("SIG" + name + " cannot be sent to " + process.pid());
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Processor time of all its threads so far; 0 if nobody knows. */
    long cpuMillis() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
    }

    public String url() {
        return "http://" + place.address() + ":" + port;
    }

    /** What the current life has printed: all of it, or the end. */
    public String said() {
        return printed(Math.max(outputBefore, output.toFile().length() - SHOWN_CHARS));
    }

    /** All that it has said in this life. */
    String saidInThisLife() {
        return printed(outputBefore);
    }

    private String printed(long from) {
        try (FileChannel file = FileChannel.open(output)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, file.size() - from));
            while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) > 0) {
                // The buffer counts.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        ALIVE.remove(process);
    }
}
