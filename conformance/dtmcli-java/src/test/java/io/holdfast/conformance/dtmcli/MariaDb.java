package io.holdfast.conformance.dtmcli;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.mariadb.jdbc.MariaDbDataSource;

/** A real MariaDB in a process of its own, below a directory that the caller removes. */
final class MariaDb implements AutoCloseable {

    private static final Duration START_WAIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Path directory;
    private final int port;
    private final Process process;
    private final Thread endWithJvm;

    private MariaDb(Path directory, int port) throws IOException, InterruptedException {
        this.directory = directory;
        this.port = port;
        run("mariadb-install-db", "--auth-root-authentication-method=normal", "--skip-test-db").waitFor();
        this.process = run("mariadbd", "--port=" + port, "--bind-address=127.0.0.1",
                "--socket=" + directory.resolve("socket"), "--pid-file=" + directory.resolve("pid"),
                "--skip-name-resolve", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
                "--performance-schema=off");
        this.endWithJvm = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(endWithJvm);
    }

    /** Starts a server; where it is not installed the test is skipped, or fails if nothing may be missing. */
    static MariaDb start(Path directory) throws Exception {
        if (find("mariadbd") == null || find("mariadb-install-db") == null) {
            String message = "MariaDB is not on this machine: run scripts/components.sh, which installs or unpacks it";
            if ("1".equals(System.getenv("HOLDFAST_REQUIRE_ALL"))) {
                fail(message);
            }
            Assumptions.abort(message);
        }
        MariaDb server = new MariaDb(directory, freePort());
        server.awaitReady();
        return server;
    }

    DataSource database() throws SQLException {
        return new MariaDbDataSource(
                "jdbc:mariadb://127.0.0.1:" + port + "/bank?user=root&createDatabaseIfNotExist=true");
    }

    @Override
    public void close() throws InterruptedException {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        process.destroyForcibly().waitFor();
    }

    private void awaitReady() throws IOException, SQLException {
        long giveUpAtNanos = System.nanoTime() + START_WAIT.toNanos();
        DataSource database = database();
        while (true) {
            try (Connection connection = database.getConnection()) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException e) {
                if (!process.isAlive() || System.nanoTime() > giveUpAtNanos) {
                    process.destroyForcibly();
                    throw new IllegalStateException("mariadbd does not answer:\n" + Files.readString(log()), e);
                }
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private Process run(String program, String... options) throws IOException {
        Path path = find(program);
        if (path == null) {
            throw new IllegalStateException(program + " is not on this machine");
        }
        List<String> command = new ArrayList<>(
                List.of(path.toString(), "--no-defaults", "--datadir=" + directory.resolve("data")));
        if (path.startsWith(components())) {
            command.add("--basedir=" + components().resolve("usr"));
        }
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        if (path.startsWith(components())) {
            String cpu = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
            builder.environment().put("LD_LIBRARY_PATH",
                    components().resolve("usr/lib").resolve(cpu + "-linux-gnu").toString());
        }
        return builder.start();
    }

    private Path log() {
        return directory.resolve("mariadb.log");
    }

    /** On the PATH, in the usual places, or where scripts/components.sh unpacks. */
    private static @Nullable Path find(String program) {
        Stream<Path> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).map(Path::of);
        Stream<Path> others = Stream.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"),
                components().resolve("usr/sbin"), components().resolve("usr/bin"));
        return Stream.concat(path, others).map(place -> place.resolve(program)).filter(Files::isExecutable).findFirst()
                .orElse(null);
    }

    private static Path components() {
        String named = System.getenv("HOLDFAST_COMPONENTS");
        return named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache/holdfast/components");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
