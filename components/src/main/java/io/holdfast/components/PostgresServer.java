package io.holdfast.components;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The PostgreSQL server of this machine's distribution on a free port, with its data at a site. It detaches from whoever starts it:
 * who owns the site ends it by the file {@code postmaster.pid} in its data. Immutable.
 */
public final class PostgresServer {
    /** Where its data are at the site. */
    public static final String DATA = "postgres-data";
    private static final String USER = "postgres";
    private static final String INSTALLER = "initdb";
    private static final String STARTER = "pg_ctl";
    /** Gives root's processes a user of their own: PostgreSQL refuses to run as root. */
    private static final String OTHER_USER = "unshare";

    private final int port;

    private PostgresServer(int port) {
        this.port = port;
    }

    /** The programs that it needs. */
    public static List<String> programs() {
        return isRoot() ? List.of(INSTALLER, STARTER, OTHER_USER) : List.of(INSTALLER, STARTER);
    }

    /**
     * Installs and starts a server, and waits until it takes connections.
     *
     * @throws IOException if it does not; the message has what it said
     */
    public static PostgresServer start(Site site) throws MissingProgramException, IOException, InterruptedException {
        Path data = site.directory().resolve(DATA);
        PostgresServer server = new PostgresServer(FreePort.choose());
        // Not synced: no more than an empty database would be lost, and only with the machine.
        run(site, "postgres-install", INSTALLER, List.of("--pgdata=" + data, "--username=" + USER, "--auth=trust",
                "--encoding=UTF8", "--locale=C", "--no-sync"));
        Files.writeString(data.resolve("postgresql.conf"), server.configuration(), StandardOpenOption.APPEND);
        run(site, "postgres-start", STARTER, List.of("start", "--pgdata=" + data, "--wait", "--timeout=60", "--silent",
                "--log=" + site.log("postgres")));
        return server;
    }

    /** The JDBC URL of a database that exists, with the user in it. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
    }

    private String configuration() {
        return """

                port = %d
                listen_addresses = '127.0.0.1'
                unix_socket_directories = ''
                fsync = on
                synchronous_commit = on
                max_connections = 60
                shared_buffers = 32MB
                jit = off
                """.formatted(port);
    }

    private static void run(Site site, String name, String program, List<String> options)
            throws MissingProgramException, IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of(Programs.required(OTHER_USER).toString(), "-U"));
        }
        command.add(Programs.required(program).toString());
        command.addAll(options);
        try {
            SiteProcess.start(site, name, command).awaitSuccess();
        } catch (IOException e) {
            throw isRoot()
                    ? new IOException(e.getMessage() + "\nPostgreSQL does not run as root. 'unshare -U', which gives it"
                            + " another user, must be permitted; or do this as an ordinary user.", e)
                    : e;
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
