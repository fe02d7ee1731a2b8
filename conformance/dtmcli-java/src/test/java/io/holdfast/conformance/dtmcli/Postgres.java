package io.holdfast.conformance.dtmcli;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL for all tests of this JVM, with which it ends; every test class takes a database of its own. */
final class Postgres {

    private static @Nullable EmbeddedPostgres server;

    private Postgres() {
    }

    static synchronized DataSource createDatabase(String name) throws IOException, SQLException {
        EmbeddedPostgres running = server;
        if (running == null) {
            // The library's own defaults switch durability off.
            running = EmbeddedPostgres.builder().setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on").start();
            server = running;
        }
        try (Connection connection = running.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return running.getDatabase("postgres", name);
    }
}
