package io.holdfast.examples.participant;

import io.holdfast.fence.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables of a service in the words of either database.
 *
 * @param postgres statements for PostgreSQL, each but the last ended by a semicolon
 * @param mariaDb  the same for MariaDB
 */
public record Schema(String postgres, String mariaDb) {
    /** Creates the tables in an empty database. */
    public void create(Connection connection, Dialect dialect) throws SQLException {
        String statements = switch (dialect) {
            case POSTGRESQL -> postgres;
            case MARIADB -> mariaDb;
        };
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements.split(";", -1)) {
                statement.execute(sql);
            }
        }
    }
}
