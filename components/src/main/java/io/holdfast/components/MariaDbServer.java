package io.holdfast.components;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A MariaDB server on a free port, with its data at a site. MariaDB's JDBC driver must be on the class path. Immutable. */
public final class MariaDbServer {
    private static final String SERVER = "mariadbd";
    private static final String INSTALLER = "mariadb-install-db";

    private final int port;

    private MariaDbServer(int port) {
        this.port = port;
    }

    /** The programs that it needs. */
    public static List<String> programs() {
        return List.of(SERVER, INSTALLER);
    }

    /**
     * Installs and starts a server, and waits until it answers.
     *
     * @param options more options of {@code mariadbd}
     * @throws IOException if it does not; the message has what it said
     */
    public static MariaDbServer start(Site site, String... options)
            throws MissingProgramException, IOException, InterruptedException {
        Path server = Programs.required(SERVER);
        SiteProcess.start(site, "mariadb-install", command(Programs.required(INSTALLER), site,
                List.of("--auth-root-authentication-method=normal", "--skip-test-db"))).awaitSuccess();
        MariaDbServer started = new MariaDbServer(FreePort.choose());
        Path directory = site.directory();
        List<String> all = new ArrayList<>(List.of("--port=" + started.port, "--bind-address=127.0.0.1",
                "--socket=" + directory.resolve("mariadb.socket"), "--pid-file=" + directory.resolve("mariadb.pid"),
                "--skip-name-resolve", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M",
                "--performance-schema=off"));
        all.addAll(List.of(options));
        SiteProcess.start(site, "mariadb", command(server, site, all)).awaitAnswer(started::ask);
        return started;
    }

    /** The JDBC URL of a database, with the user in it; the first connection creates the database. */
    public String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=root&createDatabaseIfNotExist=true";
    }

    private void ask() throws IOException {
        try (Connection connection = DriverManager.getConnection(url("mysql"))) {
            if (!connection.isValid(1)) {
                throw new IOException("the connection is not valid");
            }
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<String> command(Path program, Site site, List<String> options) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--no-defaults",
                "--datadir=" + site.directory().resolve("mariadb-data")));
        if (Programs.isUnpacked(program)) {
            command.add("--basedir=" + Programs.unpacked().resolve("usr"));
        }
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        command.addAll(options);
        return command;
    }
}
