package io.holdfast.examples.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.holdfast.components.PostgresServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.LoggerFactory;

/** A PostgreSQL server of our own on a free port, with nothing but what the run puts in. Thread-safe. */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final String WORKING_DIRECTORY_PROPERTY = "ot.epg.working-dir";
    private static final String USER = "postgres";
    private static final Duration START_WAIT = Duration.ofSeconds(60);

    static {
        // What it says at INFO is how it unpacks itself, in the middle of the demo's own lines. A level that somebody set stands.
        if (LoggerFactory.getLogger("io.zonky.test.db.postgres") instanceof Logger library
                && library.getLevel() == null) {
            library.setLevel(Level.WARN);
        }
    }

    private final EmbeddedPostgres postgres;

    private EmbeddedDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Unpacks and starts the server inside the directory.
     *
     * @throws MissingMeansException if it cannot run on this machine
     */
    public static synchronized EmbeddedDatabase start(WorkDirectory directory) throws MissingMeansException {
        String before = System.getProperty(WORKING_DIRECTORY_PROPERTY);
        // The only way to keep the library from making a directory of its own beside ours, which nobody would delete.
        System.setProperty(WORKING_DIRECTORY_PROPERTY, directory.resolve("postgres-binaries").toString());
        try {
            return unpackAndStart(directory);
        } finally {
            if (before == null) {
                System.clearProperty(WORKING_DIRECTORY_PROPERTY);
            } else {
                System.setProperty(WORKING_DIRECTORY_PROPERTY, before);
            }
        }
    }

    private static EmbeddedDatabase unpackAndStart(WorkDirectory directory) throws MissingMeansException {
        try {
            return new EmbeddedDatabase(EmbeddedPostgres.builder()
                    .setDataDirectory(directory.resolve(PostgresServer.DATA)).setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false).setPGStartupWait(START_WAIT)
                    // The library's own defaults switch durability off, and then a crash test proves nothing.
                    .setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "60").setServerConfig("shared_buffers", "32MB")
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile()))
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile()))
                    .start());
        } catch (IOException | IllegalStateException e) {
            throw new MissingMeansException("PostgreSQL does not start here: " + e.getMessage()
                    + ". As root it needs 'unshare -U' (package util-linux) to be permitted; otherwise run the demo as an"
                    + " ordinary user.", e);
        }
    }

    /** Creates an empty database. */
    public void createDatabase(String name) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(USER));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
    }

    /** The JDBC URL of a database, with the user in it. */
    public String url(String database) {
        return postgres.getJdbcUrl(USER, database);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
