package io.holdfast.fence;

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

/** A real MariaDB in a process of its own, on a free loopback port, with a data directory that goes when the JVM ends. */
final class MariaDbServer {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path directory;
    private final Process process;
    private final String url;

    private MariaDbServer(Path directory, Process process, String url) {
        this.directory = directory;
        this.process = process;
        this.url = url;
    }

    /** Whether the programs are on this machine: on the PATH, in the usual places, or where scripts/components.sh unpacks. */
    static boolean isInstalled() {
        return find("mariadbd") != null && find("mariadb-install-db") != null;
    }

    static MariaDbServer start() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("holdfast-mariadb");
        int port = freePort();
        run(directory, command("mariadb-install-db", directory, "--auth-root-authentication-method=normal",
                "--skip-test-db")).waitFor();
        Process process = run(directory, command("mariadbd", directory, "--port=" + port, "--bind-address=127.0.0.1",
                "--socket=" + directory.resolve("socket"), "--pid-file=" + directory.resolve("pid"),
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", "--innodb-flush-log-at-trx-commit=0",
                "--innodb-lock-wait-timeout=10", "--performance-schema=off"));
        MariaDbServer server = new MariaDbServer(directory, process, "jdbc:mariadb://127.0.0.1:" + port
                + "/fence?user=root&createDatabaseIfNotExist=true");
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        server.awaitReady();
        return server;
    }

    String url() {
        return url;
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try (Connection connection = DriverManager.getConnection(url)) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "mariadbd does not answer:\n" + Files.readString(directory.resolve("log")), e);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private void stop() {
        process.destroyForcibly();
        try {
            process.waitFor();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("cannot remove " + directory + ": " + e);
        }
    }

    private static List<String> command(String program, Path directory, String... options) {
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
        return command;
    }

    private static Process run(Path directory, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
        if (command.get(0).startsWith(components().toString())) {
            String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
            builder.environment().put("LD_LIBRARY_PATH", components().resolve("usr/lib").resolve(arch).toString());
        }
        return builder.start();
    }

    private static @Nullable Path find(String program) {
        List<Path> places = new ArrayList<>();
        for (String place : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            places.add(Path.of(place));
        }
        places.addAll(List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), components().resolve("usr/sbin"),
                components().resolve("usr/bin")));
        return places.stream().map(place -> place.resolve(program)).filter(Files::isExecutable).findFirst()
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
