package io.holdfast.testkit.component;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB in a process and a directory of its own, on a free port of the loopback interface. Both go when it is closed or
 * this virtual machine ends. MariaDB's JDBC driver must be on the class path. Thread-safe.
 */
public final class MariaDbServer implements AutoCloseable {
    private static final String SERVER = "mariadbd";
    private static final String INSTALLER = "mariadb-install-db";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path directory;
    private final Thread endWithJvm = new Thread(this::end, "end-mariadb");
    private volatile @Nullable Process process;
    private volatile int port;

    private MariaDbServer(Path directory) {
        this.directory = directory;
    }

    /** Skips the running test where MariaDB is not on this machine, or fails it where nothing may be missing. */
    public static void require() {
        Components.require("run scripts/components.sh, which installs or unpacks MariaDB", SERVER, INSTALLER);
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param options more options of {@code mariadbd}
     * @throws IllegalStateException if it does not answer; the message has what it said
     */
    public static MariaDbServer start(String... options) throws IOException, InterruptedException {
        MariaDbServer server = new MariaDbServer(Files.createTempDirectory("holdfast-mariadb"));
        Runtime.getRuntime().addShutdownHook(server.endWithJvm);
        try {
            server.install();
            server.run(options);
        } catch (Throwable e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** The JDBC URL of a database, with the user in it; the first connection creates the database. */
    public String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root&createDatabaseIfNotExist=true";
    }

    /** Ends the server with SIGKILL and deletes its directory. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        end();
    }

    private void install() throws IOException, InterruptedException {
        int code = launch(INSTALLER, List.of("--auth-root-authentication-method=normal", "--skip-test-db")).waitFor();
        if (code != 0) {
            throw new IllegalStateException(INSTALLER + " ended with exit code " + code + ":\n" + said());
        }
    }

    private void run(String... options) throws IOException {
        port = freePort();
        List<String> all = new ArrayList<>(List.of("--port=" + port, "--bind-address=127.0.0.1",
                "--socket=" + directory.resolve("socket"), "--pid-file=" + directory.resolve("pid"),
                "--skip-name-resolve", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
                "--performance-schema=off"));
        all.addAll(List.of(options));
        awaitReady(launch(SERVER, all));
    }

    private void awaitReady(Process server) throws IOException {
        long giveUpAtNanos = System.nanoTime() + START_NANOS;
        while (true) {
            try (Connection connection = DriverManager.getConnection(url("mysql"))) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException e) {
                if (!server.isAlive() || System.nanoTime() - giveUpAtNanos >= 0) {
                    throw new IllegalStateException(SERVER + " does not answer:\n" + said(), e);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private Process launch(String program, List<String> options) throws IOException {
        Path path = Components.find(program);
        if (path == null) {
            throw new IllegalStateException(program + " is not on this machine");
        }
        Path unpacked = Components.unpacked();
        List<String> command = new ArrayList<>(
                List.of(path.toString(), "--no-defaults", "--datadir=" + directory.resolve("data")));
        if (path.startsWith(unpacked)) {
            command.add("--basedir=" + unpacked.resolve("usr"));
        }
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        if (path.startsWith(unpacked)) {
            Components.useUnpackedLibraries(builder.environment());
        }
        Process started = builder.start();
        process = started;
        return started;
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

    private String said() throws IOException {
        return Files.readString(log());
    }

    private Path log() {
        return directory.resolve("mariadb.log");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
