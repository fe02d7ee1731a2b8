package io.holdfast.examples.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A MariaDB server of the run's own on a free port, in the run's directory. Thread-safe. */
public final class MariaDbServer {
    private static final String SERVER = "mariadbd";
    private static final String INSTALLER = "mariadb-install-db";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final int port;

    private MariaDbServer(int port) {
        this.port = port;
    }

    /**
     * Installs and starts a server.
     *
     * @throws MissingMeansException if there is no MariaDB on this machine
     * @throws IOException           if it does not start
     */
    public static MariaDbServer start(WorkDirectory directory)
            throws MissingMeansException, IOException, InterruptedException {
        Path server = Programs.find(SERVER);
        Path installer = Programs.find(INSTALLER);
        ChildProcess.start("mariadb-install", command(installer, directory, List.of(
                "--auth-root-authentication-method=normal", "--skip-test-db")), directory).awaitSuccess();
        int port = freePort();
        ChildProcess process = ChildProcess.start("mariadb", command(server, directory, List.of("--port=" + port,
                "--bind-address=127.0.0.1", "--socket=" + directory.resolve("mariadb.socket"),
                "--pid-file=" + directory.resolve("mariadb.pid"), "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=32M", "--performance-schema=off", "--max-connections=80")), directory);
        MariaDbServer started = new MariaDbServer(port);
        started.awaitReady(process);
        return started;
    }

    /** The JDBC URL of a database, with the user in it; the first connection creates the database. */
    public String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root&createDatabaseIfNotExist=true";
    }

    private void awaitReady(ChildProcess process) throws IOException {
        long giveUpAtNanos = System.nanoTime() + START_NANOS;
        while (true) {
            try (Connection connection = DriverManager.getConnection(url("mysql"))) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException e) {
                process.requireAlive();
                if (System.nanoTime() - giveUpAtNanos >= 0) {
                    throw new IOException(SERVER + " does not answer: " + e.getMessage(), e);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static ProcessBuilder command(Path program, WorkDirectory directory, List<String> options) {
        List<String> command = new ArrayList<>(
                List.of(program.toString(), "--no-defaults", "--datadir=" + directory.resolve("mariadb-data")));
        if (Programs.isUnpacked(program)) {
            command.add("--basedir=" + Programs.unpacked().resolve("usr"));
        }
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        if (Programs.isUnpacked(program)) {
            Programs.useUnpackedLibraries(builder.environment());
        }
        return builder;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
