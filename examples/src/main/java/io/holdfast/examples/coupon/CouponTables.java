package io.holdfast.examples.coupon;

import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.RejectedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The coupon service's tables: coupons, each good for one order, and a log of every change. */
public final class CouponTables {
    private static final String SCHEMA = """
            CREATE SCHEMA coupon;
            CREATE TABLE coupon.coupon (
              coupon_id text PRIMARY KEY, user_id bigint NOT NULL, face_cent bigint NOT NULL,
              state text NOT NULL CHECK (state IN ('UNUSED','LOCKED','USED')), gid text);
            CREATE TABLE coupon.effect_log (
              id bigserial PRIMARY KEY, gid text NOT NULL, branch_id text NOT NULL, op text NOT NULL,
              engine text NOT NULL, coupon_id text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
            CREATE INDEX ON coupon.effect_log (gid, branch_id, op)""";

    private CouponTables() {
    }

    /** Creates the tables in an empty PostgreSQL database. */
    public static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
    }

    /** Gives a coupon to a user. */
    public static void issue(Connection connection, String couponId, long userId, long faceCent) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO coupon.coupon (coupon_id, user_id, face_cent, state) VALUES (?, ?, ?, 'UNUSED')")) {
            insert.setString(1, couponId);
            insert.setLong(2, userId);
            insert.setLong(3, faceCent);
            insert.executeUpdate();
        }
    }

    /** Try: keeps the coupon from other orders. */
    static void lock(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        take(connection, delivery, "LOCKED");
    }

    /** Confirm: what was locked is used. */
    static void confirm(Connection connection, Delivery delivery) throws SQLException {
        change(connection, delivery, "LOCKED", "USED", delivery.gid());
    }

    /** Cancel: what was locked can be used again. */
    static void unlock(Connection connection, Delivery delivery) throws SQLException {
        change(connection, delivery, "LOCKED", "UNUSED", null);
    }

    /** Saga action: uses it at once. */
    static void use(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        take(connection, delivery, "USED");
    }

    /** Saga compensation: the way back. */
    static void giveBack(Connection connection, Delivery delivery) throws SQLException {
        change(connection, delivery, "USED", "UNUSED", null);
    }

    private static void take(Connection connection, Delivery delivery, String state)
            throws SQLException, RejectedException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE coupon.coupon SET state = ?, gid = ?"
                + " WHERE coupon_id = ? AND user_id = ? AND state = 'UNUSED'")) {
            update.setString(1, state);
            update.setString(2, delivery.gid());
            update.setString(3, delivery.ticket().couponId());
            update.setLong(4, delivery.ticket().userId());
            if (update.executeUpdate() == 0) {
                throw new RejectedException("coupon_not_usable");
            }
        }
        log(connection, delivery);
    }

    private static void change(Connection connection, Delivery delivery, String from, String to,
            @Nullable String gid) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE coupon.coupon SET state = ?, gid = ? WHERE coupon_id = ? AND gid = ? AND state = ?")) {
            update.setString(1, to);
            if (gid == null) {
                update.setNull(2, Types.VARCHAR);
            } else {
                update.setString(2, gid);
            }
            update.setString(3, delivery.ticket().couponId());
            update.setString(4, delivery.gid());
            update.setString(5, from);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException(
                        "coupon_id=" + delivery.ticket().couponId() + " is not " + from + " by gid=" + delivery.gid());
            }
        }
        log(connection, delivery);
    }

    private static void log(Connection connection, Delivery delivery) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO coupon.effect_log (gid, branch_id, op, engine, coupon_id) VALUES (?, ?, ?, ?, ?)")) {
            insert.setString(1, delivery.gid());
            insert.setString(2, delivery.branchId());
            insert.setString(3, delivery.operation().name());
            insert.setString(4, delivery.engine());
            insert.setString(5, delivery.ticket().couponId());
            insert.executeUpdate();
        }
    }
}
