package io.holdfast.examples.order;

import io.holdfast.examples.participant.Delivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The order service's tables. There is no unique index on {@code request_id} and there are no checks on purpose: the
 * coordinator and the fence must prevent duplicates, and the schema must not hide it if they fail.
 */
public final class OrderTables {
    private static final String SCHEMA = """
            CREATE TABLE orders (
              order_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              request_id text NOT NULL, gid text NOT NULL, user_id text NOT NULL, amount_cent bigint NOT NULL,
              status text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
              updated_at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX ON orders (gid);
            CREATE INDEX ON orders (request_id);
            CREATE TABLE effect_log (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              gid text NOT NULL, branch_id text NOT NULL, op text NOT NULL, order_no bigint NOT NULL,
              applied_at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX ON effect_log (gid, branch_id, op)""";

    private OrderTables() {
    }

    /** Creates the tables in an empty database. */
    public static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
    }

    static void insertPending(Connection connection, Delivery delivery) throws SQLException {
        insert(connection, delivery, "PENDING");
    }

    static void insertConfirmed(Connection connection, Delivery delivery) throws SQLException {
        insert(connection, delivery, "CONFIRMED");
    }

    static void confirm(Connection connection, Delivery delivery) throws SQLException {
        setStatus(connection, delivery, "CONFIRMED");
    }

    static void cancel(Connection connection, Delivery delivery) throws SQLException {
        setStatus(connection, delivery, "CANCELLED");
    }

    private static void insert(Connection connection, Delivery delivery, String status) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO orders (request_id, gid, user_id, amount_cent, status) VALUES (?, ?, ?, ?, ?)"
                        + " RETURNING order_no")) {
            insert.setString(1, delivery.ticket().requestId());
            insert.setString(2, delivery.gid());
            insert.setString(3, delivery.ticket().userId());
            insert.setLong(4, delivery.ticket().amountCent());
            insert.setString(5, status);
            logEffects(connection, delivery, insert);
        }
    }

    private static void setStatus(Connection connection, Delivery delivery, String status) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE orders SET status = ?, updated_at = now() WHERE gid = ? RETURNING order_no")) {
            update.setString(1, status);
            update.setString(2, delivery.gid());
            logEffects(connection, delivery, update);
        }
    }

    /** Runs the change and writes one row for each order that it touched; none is an error. */
    private static void logEffects(Connection connection, Delivery delivery, PreparedStatement change)
            throws SQLException {
        int touched = 0;
        try (var orders = change.executeQuery();
                PreparedStatement log = connection.prepareStatement(
                        "INSERT INTO effect_log (gid, branch_id, op, order_no) VALUES (?, ?, ?, ?)")) {
            while (orders.next()) {
                log.setString(1, delivery.gid());
                log.setString(2, delivery.branchId());
                log.setString(3, delivery.operation().name());
                log.setLong(4, orders.getLong(1));
                log.executeUpdate();
                touched++;
            }
        }
        if (touched == 0) {
            throw new IllegalStateException("gid=" + delivery.gid() + " has no order");
        }
    }
}
