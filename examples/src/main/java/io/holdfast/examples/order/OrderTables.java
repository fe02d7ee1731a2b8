package io.holdfast.examples.order;

import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.Schema;
import io.holdfast.fence.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The order service's tables. There is no unique index on {@code request_id} and there are no checks on purpose: the
 * coordinator and the fence must prevent duplicates, and the schema must not hide it if they fail.
 */
public final class OrderTables {
    private static final Schema SCHEMA = new Schema(
            """
                    CREATE TABLE orders (
                      order_no text PRIMARY KEY, request_id text NOT NULL, gid text NOT NULL, engine text NOT NULL,
                      user_id bigint NOT NULL, sku_id bigint NOT NULL, qty int NOT NULL, amount_cent bigint NOT NULL,
                      coupon_id text, status text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
                      updated_at timestamptz NOT NULL DEFAULT now());
                    CREATE INDEX ON orders (gid);
                    CREATE INDEX ON orders (request_id);
                    CREATE TABLE effect_log (
                      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                      gid text NOT NULL, branch_id text NOT NULL, op text NOT NULL, engine text NOT NULL, order_no text NOT NULL,
                      applied_at timestamptz NOT NULL DEFAULT now());
                    CREATE INDEX ON effect_log (gid, branch_id, op)""",
            """
                    CREATE TABLE orders (
                      order_no VARCHAR(40) NOT NULL PRIMARY KEY, request_id VARCHAR(64) NOT NULL, gid VARCHAR(128) NOT NULL,
                      engine ENUM('saga','tcc') NOT NULL, user_id BIGINT NOT NULL, sku_id BIGINT NOT NULL, qty INT NOT NULL,
                      amount_cent BIGINT NOT NULL, coupon_id VARCHAR(40) NULL,
                      status ENUM('PENDING','CONFIRMED','CANCELLED') NOT NULL,
                      created_at DATETIME(6) NOT NULL DEFAULT now(6), updated_at DATETIME(6) NOT NULL DEFAULT now(6),
                      KEY k_req (request_id), KEY k_gid (gid), KEY k_status (status)) ENGINE=InnoDB;
                    CREATE TABLE effect_log (
                      id BIGINT AUTO_INCREMENT PRIMARY KEY, gid VARCHAR(128) NOT NULL, branch_id VARCHAR(40) NOT NULL,
                      op ENUM('TRY','CONFIRM','CANCEL','ACTION','COMPENSATE') NOT NULL, engine ENUM('saga','tcc') NOT NULL,
                      order_no VARCHAR(40) NOT NULL, applied_at DATETIME(6) NOT NULL DEFAULT now(6),
                      KEY k (gid, branch_id, op)) ENGINE=InnoDB""");

    private OrderTables() {
    }

    /** Creates the tables in an empty database. */
    public static void create(Connection connection, Dialect dialect) throws SQLException {
        SCHEMA.create(connection, dialect);
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
        OrderTicket ticket = delivery.ticket();
        // By chance, not by the request: the key must not be what keeps a request from becoming two orders.
        String orderNo = UUID.randomUUID().toString();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO orders (order_no, request_id, gid, engine, user_id, sku_id, qty, amount_cent, coupon_id,"
                        + " status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, orderNo);
            insert.setString(2, ticket.requestId());
            insert.setString(3, delivery.gid());
            insert.setString(4, delivery.engine());
            insert.setLong(5, ticket.userId());
            insert.setLong(6, ticket.skuId());
            insert.setInt(7, ticket.qty());
            insert.setLong(8, ticket.amountCent());
            insert.setString(9, ticket.couponId());
            insert.setString(10, status);
            insert.executeUpdate();
        }
        log(connection, delivery, List.of(orderNo));
    }

    private static void setStatus(Connection connection, Delivery delivery, String status) throws SQLException {
        List<String> orderNos = ordersOf(connection, delivery.gid());
        if (orderNos.isEmpty()) {
            throw new IllegalStateException("gid=" + delivery.gid() + " has no order");
        }
        try (PreparedStatement update = connection
                .prepareStatement("UPDATE orders SET status = ?, updated_at = now() WHERE gid = ?")) {
            update.setString(1, status);
            update.setString(2, delivery.gid());
            update.executeUpdate();
        }
        log(connection, delivery, orderNos);
    }

    private static List<String> ordersOf(Connection connection, String gid) throws SQLException {
        List<String> orderNos = new ArrayList<>();
        try (PreparedStatement select = connection
                .prepareStatement("SELECT order_no FROM orders WHERE gid = ? FOR UPDATE")) {
            select.setString(1, gid);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    orderNos.add(rows.getString(1));
                }
            }
        }
        return orderNos;
    }

    /** One row for each order that was touched. */
    private static void log(Connection connection, Delivery delivery, List<String> orderNos) throws SQLException {
        try (PreparedStatement log = connection.prepareStatement(
                "INSERT INTO effect_log (gid, branch_id, op, engine, order_no) VALUES (?, ?, ?, ?, ?)")) {
            for (String orderNo : orderNos) {
                log.setString(1, delivery.gid());
                log.setString(2, delivery.branchId());
                log.setString(3, delivery.operation().name());
                log.setString(4, delivery.engine());
                log.setString(5, orderNo);
                log.executeUpdate();
            }
        }
    }
}
