package io.holdfast.fence;

import io.holdfast.testkit.component.MariaDbServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A real database at one isolation level. The servers start with the first test that needs them and end with the JVM. */
enum Variant {
    POSTGRESQL_READ_COMMITTED(Dialect.POSTGRESQL, Connection.TRANSACTION_READ_COMMITTED),
    POSTGRESQL_REPEATABLE_READ(Dialect.POSTGRESQL, Connection.TRANSACTION_REPEATABLE_READ),
    MARIADB_READ_COMMITTED(Dialect.MARIADB, Connection.TRANSACTION_READ_COMMITTED),
    MARIADB_REPEATABLE_READ(Dialect.MARIADB, Connection.TRANSACTION_REPEATABLE_READ),
    /** REPEATABLE READ as MariaDB has it by default from 11.6 on: a write over something newer than the snapshot fails. */
    MARIADB_SNAPSHOT_ISOLATION(Dialect.MARIADB, Connection.TRANSACTION_REPEATABLE_READ);

    private final Dialect dialect;
    private final int isolation;

    Variant(Dialect dialect, int isolation) {
        this.dialect = dialect;
        this.isolation = isolation;
    }

    Dialect dialect() {
        return dialect;
    }

    /** Whether a call that met another one may be told to run its transaction again. */
    boolean mayAskToRetry() {
        return this == POSTGRESQL_REPEATABLE_READ || this == MARIADB_SNAPSHOT_ISOLATION;
    }

    /** A connection outside any transaction, in auto-commit mode, as a pool hands it out. */
    Connection open() throws SQLException {
        Connection connection = DriverManager.getConnection(url());
        connection.setTransactionIsolation(isolation);
        if (dialect == Dialect.MARIADB) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set session innodb_snapshot_isolation = "
                        + (this == MARIADB_SNAPSHOT_ISOLATION ? "on" : "off"));
            }
        }
        return connection;
    }

    /** How many transactions wait for a lock now. */
    int waitingTransactions() throws SQLException {
        String sql = switch (dialect) {
            case POSTGRESQL -> "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
            case MARIADB -> "select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'";
        };
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Skips the test where the database is not on this machine, or fails it where all must be. */
    void require() {
        if (dialect == Dialect.MARIADB) {
            MariaDbServer.require();
        }
    }

    private String url() {
        return switch (dialect) {
            case POSTGRESQL -> Postgres.URL;
            case MARIADB -> MariaDb.URL;
        };
    }

    private static final class Postgres {
        static final String URL = start();

        private static String start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.start();
                return server.getJdbcUrl("postgres", "postgres");
            } catch (IOException e) {
                throw new IllegalStateException("PostgreSQL does not start", e);
            }
        }
    }

    private static final class MariaDb {
        static final String URL = start();

        private static String start() {
            try {
                return MariaDbServer.start("--innodb-flush-log-at-trx-commit=0", "--innodb-lock-wait-timeout=10")
                        .url("fence");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("MariaDB does not start", e);
            }
        }
    }
}
