package io.holdfast.examples.pay;

import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.RejectedException;
import io.holdfast.examples.participant.Schema;
import io.holdfast.fence.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The pay service's tables: accounts, and a ledger of every change to them. Balances carry no checks on purpose, so that
 * a payment made twice shows instead of being refused.
 */
public final class PayTables {
    private static final Schema SCHEMA = new Schema(
            """
                    CREATE TABLE account (
                      account_id text PRIMARY KEY, kind text NOT NULL, initial_cent bigint NOT NULL,
                      available_cent bigint NOT NULL, frozen_cent bigint NOT NULL DEFAULT 0);
                    CREATE TABLE ledger (
                      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                      gid text NOT NULL, branch_id text NOT NULL, op text NOT NULL, engine text NOT NULL, account_id text NOT NULL,
                      d_available bigint NOT NULL, d_frozen bigint NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
                    CREATE INDEX ON ledger (gid, branch_id, op)""",
            """
                    CREATE TABLE account (
                      account_id VARCHAR(32) PRIMARY KEY, kind ENUM('user','merchant','platform') NOT NULL,
                      initial_cent BIGINT NOT NULL, available_cent BIGINT NOT NULL, frozen_cent BIGINT NOT NULL DEFAULT 0)
                      ENGINE=InnoDB;
                    CREATE TABLE ledger (
                      id BIGINT AUTO_INCREMENT PRIMARY KEY, gid VARCHAR(128) NOT NULL, branch_id VARCHAR(40) NOT NULL,
                      op ENUM('TRY','CONFIRM','CANCEL','ACTION','COMPENSATE') NOT NULL, engine ENUM('saga','tcc') NOT NULL,
                      account_id VARCHAR(32) NOT NULL, d_available BIGINT NOT NULL, d_frozen BIGINT NOT NULL,
                      applied_at DATETIME(6) NOT NULL DEFAULT now(6), KEY k (gid, branch_id, op), KEY a (account_id))
                      ENGINE=InnoDB""");

    private PayTables() {
    }

    /** Creates the tables in an empty database. */
    public static void create(Connection connection, Dialect dialect) throws SQLException {
        SCHEMA.create(connection, dialect);
    }

    /**
     * Opens an account.
     *
     * @param kind        {@code user} or {@code merchant}
     * @param initialCent what it holds at first
     */
    public static void open(Connection connection, String accountId, String kind, long initialCent)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO account (account_id, kind, initial_cent, available_cent) VALUES (?, ?, ?, ?)")) {
            insert.setString(1, accountId);
            insert.setString(2, kind);
            insert.setLong(3, initialCent);
            insert.setLong(4, initialCent);
            insert.executeUpdate();
        }
    }

    /** Try: puts the amount aside. */
    static void freeze(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        OrderTicket ticket = delivery.ticket();
        withdraw(connection, delivery, ticket.amountCent());
    }

    /** Confirm: hands what was put aside to the merchant. */
    static void capture(Connection connection, Delivery delivery) throws SQLException {
        OrderTicket ticket = delivery.ticket();
        change(connection, delivery, ticket.payer(), 0, -ticket.amountCent());
        change(connection, delivery, ticket.merchantId(), ticket.amountCent(), 0);
    }

    /** Cancel: gives back what was put aside. */
    static void release(Connection connection, Delivery delivery) throws SQLException {
        OrderTicket ticket = delivery.ticket();
        change(connection, delivery, ticket.payer(), ticket.amountCent(), -ticket.amountCent());
    }

    /** Saga action: takes the amount from the user and gives it to the merchant. */
    static void debit(Connection connection, Delivery delivery) throws SQLException, RejectedException {
        withdraw(connection, delivery, 0);
        change(connection, delivery, delivery.ticket().merchantId(), delivery.ticket().amountCent(), 0);
    }

    /** Saga compensation: the way back. */
    static void refund(Connection connection, Delivery delivery) throws SQLException {
        OrderTicket ticket = delivery.ticket();
        change(connection, delivery, ticket.payer(), ticket.amountCent(), 0);
        change(connection, delivery, ticket.merchantId(), -ticket.amountCent(), 0);
    }

    private static void withdraw(Connection connection, Delivery delivery, long toFrozen)
            throws SQLException, RejectedException {
        OrderTicket ticket = delivery.ticket();
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE account SET available_cent = available_cent - ?, frozen_cent = frozen_cent + ?"
                        + " WHERE account_id = ? AND available_cent >= ?")) {
            update.setLong(1, ticket.amountCent());
            update.setLong(2, toFrozen);
            update.setString(3, ticket.payer());
            update.setLong(4, ticket.amountCent());
            if (update.executeUpdate() == 0) {
                throw new RejectedException("insufficient_balance");
            }
        }
        log(connection, delivery, ticket.payer(), -ticket.amountCent(), toFrozen);
    }

    static void change(Connection connection, Delivery delivery, String accountId, long available, long frozen)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE account SET available_cent = available_cent + ?, frozen_cent = frozen_cent + ?"
                        + " WHERE account_id = ?")) {
            update.setLong(1, available);
            update.setLong(2, frozen);
            update.setString(3, accountId);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("account_id=" + accountId + " does not exist");
            }
        }
        log(connection, delivery, accountId, available, frozen);
    }

    private static void log(Connection connection, Delivery delivery, String accountId, long available, long frozen)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO ledger (gid, branch_id, op, engine, account_id, d_available, d_frozen)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, delivery.gid());
            insert.setString(2, delivery.branchId());
            insert.setString(3, delivery.operation().name());
            insert.setString(4, delivery.engine());
            insert.setString(5, accountId);
            insert.setLong(6, available);
            insert.setLong(7, frozen);
            insert.executeUpdate();
        }
    }
}
