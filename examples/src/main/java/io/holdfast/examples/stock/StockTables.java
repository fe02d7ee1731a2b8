package io.holdfast.examples.stock;

import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.RejectedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/**
 * The stock service's tables: goods, who holds or bought them, and a log of every change. Quantities carry no checks on
 * purpose, so that goods sold twice show instead of being refused.
 */
public final class StockTables {
    private static final String SCHEMA = """
            CREATE SCHEMA stock;
            CREATE TABLE stock.sku (
              sku_id bigint PRIMARY KEY, tenant_id text NOT NULL, hot boolean NOT NULL DEFAULT false,
              initial_qty bigint NOT NULL, available bigint NOT NULL,
              frozen bigint NOT NULL DEFAULT 0, sold bigint NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 1);
            CREATE TABLE stock.reservation (
              gid text NOT NULL, branch_id text NOT NULL, order_no text NOT NULL, sku_id bigint NOT NULL,
              qty int NOT NULL, state text NOT NULL CHECK (state IN ('TRIED','CONFIRMED','CANCELLED')),
              engine text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (gid, branch_id));
            CREATE TABLE stock.effect_log (
              id bigserial PRIMARY KEY, gid text NOT NULL, branch_id text NOT NULL, op text NOT NULL,
              engine text NOT NULL, sku_id bigint NOT NULL, d_available bigint NOT NULL, d_frozen bigint NOT NULL,
              d_sold bigint NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX ON stock.effect_log (gid, branch_id, op)""";

    /**
     * By how much an operation changes the three quantities.
     *
     * @param state what becomes of the reservation
     */
    private record Change(int available, int frozen, int sold, String state) {}

    /** As the least that has to be available: no check at all. */
    private static final long WHATEVER_IS_THERE = Long.MIN_VALUE;

    private StockTables() {
    }

    /** Creates the tables in an empty PostgreSQL database. */
    public static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
    }

    /** Puts goods on sale. */
    public static void putOnSale(Connection connection, long skuId, String tenantId, boolean isHot, long qty)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO stock.sku (sku_id, tenant_id, hot, initial_qty, available) VALUES (?, ?, ?, ?, ?)")) {
            insert.setLong(1, skuId);
            insert.setString(2, tenantId);
            insert.setBoolean(3, isHot);
            insert.setLong(4, qty);
            insert.setLong(5, qty);
            insert.executeUpdate();
        }
    }

    /** The goods that many want at once. */
    static Set<Long> hotSkus(Connection connection) throws SQLException {
        Set<Long> skus = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sku_id FROM stock.sku WHERE hot")) {
            while (rows.next()) {
                skus.add(rows.getLong(1));
            }
        }
        return skus;
    }

    /** Try: sets goods aside. */
    static void reserve(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        take(connection, delivery, held(delivery), delivery.ticket().qty());
    }

    static void reserveUnchecked(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        take(connection, delivery, held(delivery), WHATEVER_IS_THERE);
    }

    /** Confirm: what was set aside is sold. */
    static void sell(Connection connection, Delivery delivery) throws SQLException {
        int qty = delivery.ticket().qty();
        finish(connection, delivery, new Change(0, -qty, qty, "CONFIRMED"));
    }

    /** Cancel: what was set aside is on sale again. */
    static void release(Connection connection, Delivery delivery) throws SQLException {
        int qty = delivery.ticket().qty();
        finish(connection, delivery, new Change(qty, -qty, 0, "CANCELLED"));
    }

    /** Saga action: sells at once. */
    static void take(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        take(connection, delivery, bought(delivery), delivery.ticket().qty());
    }

    static void takeUnchecked(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        take(connection, delivery, bought(delivery), WHATEVER_IS_THERE);
    }

    /** Saga compensation: the way back. */
    static void putBack(Connection connection, Delivery delivery) throws SQLException {
        int qty = delivery.ticket().qty();
        finish(connection, delivery, new Change(qty, 0, -qty, "CANCELLED"));
    }

    private static Change held(Delivery delivery) {
        return new Change(-delivery.ticket().qty(), delivery.ticket().qty(), 0, "TRIED");
    }

    private static Change bought(Delivery delivery) {
        return new Change(-delivery.ticket().qty(), 0, delivery.ticket().qty(), "CONFIRMED");
    }

    private static void take(Connection connection, Delivery delivery, Change change, long leastAvailable)
            throws SQLException, RejectedException {
        if (change(connection, delivery, change, leastAvailable) == 0) {
            throw new RejectedException("insufficient_stock");
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO stock.reservation (gid, branch_id, order_no, sku_id, qty, state, engine)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, delivery.gid());
            insert.setString(2, delivery.branchId());
            insert.setString(3, delivery.ticket().requestId());
            insert.setLong(4, delivery.ticket().skuId());
            insert.setInt(5, delivery.ticket().qty());
            insert.setString(6, change.state);
            insert.setString(7, delivery.engine());
            insert.executeUpdate();
        }
    }

    private static void finish(Connection connection, Delivery delivery, Change change) throws SQLException {
        if (change(connection, delivery, change, WHATEVER_IS_THERE) == 0) {
            throw new IllegalStateException("sku_id=" + delivery.ticket().skuId() + " does not exist");
        }
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE stock.reservation SET state = ?, updated_at = now() WHERE gid = ? AND branch_id = ?")) {
            update.setString(1, change.state);
            update.setString(2, delivery.gid());
            update.setString(3, delivery.branchId());
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("gid=" + delivery.gid() + " has no reservation");
            }
        }
    }

    /** Changes the quantities and logs it, if enough is available. Answers how many rows it changed, none or one. */
    private static int change(Connection connection, Delivery delivery, Change change, long leastAvailable)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE stock.sku SET available = available + ?, frozen = frozen + ?, sold = sold + ?,"
                        + " version = version + 1 WHERE sku_id = ? AND available >= ?")) {
            update.setInt(1, change.available);
            update.setInt(2, change.frozen);
            update.setInt(3, change.sold);
            update.setLong(4, delivery.ticket().skuId());
            update.setLong(5, leastAvailable);
            if (update.executeUpdate() == 0) {
                return 0;
            }
        }
        try (PreparedStatement log = connection.prepareStatement(
                "INSERT INTO stock.effect_log (gid, branch_id, op, engine, sku_id, d_available, d_frozen, d_sold)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            log.setString(1, delivery.gid());
            log.setString(2, delivery.branchId());
            log.setString(3, delivery.operation().name());
            log.setString(4, delivery.engine());
            log.setLong(5, delivery.ticket().skuId());
            log.setInt(6, change.available);
            log.setInt(7, change.frozen);
            log.setInt(8, change.sold);
            log.executeUpdate();
        }
        return 1;
    }
}
