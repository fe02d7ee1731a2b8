package io.holdfast.examples.participant;

import io.holdfast.fence.Dialect;

/** What a JDBC URL says about the database behind it. */
public final class Databases {
    private Databases() {
    }

    /** @throws IllegalArgumentException if it is no database that the demo can use */
    public static Dialect dialectOf(String jdbcUrl) {
        if (jdbcUrl.startsWith("jdbc:postgresql:")) {
            return Dialect.POSTGRESQL;
        }
        if (jdbcUrl.startsWith("jdbc:mariadb:")) {
            return Dialect.MARIADB;
        }
        throw new IllegalArgumentException("jdbcUrl=" + jdbcUrl + ", allowed: jdbc:postgresql:, jdbc:mariadb:");
    }
}
