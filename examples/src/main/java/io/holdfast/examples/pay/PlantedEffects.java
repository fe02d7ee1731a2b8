package io.holdfast.examples.pay;

import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.OrderTicket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Payments as they must not be made; each is what a {@link io.holdfast.examples.fault.PlantedBug} does. */
final class PlantedEffects {
    private static final int DOUBLED_PERMILLE = 50;
    /** Long enough for others to write meanwhile. */
    private static final long THINKING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private PlantedEffects() {
    }

    static void captureTwiceAtTimes(Connection connection, Delivery delivery) throws SQLException {
        PayTables.capture(connection, delivery);
        if (SeededHash.permille(0, delivery.gid()) < DOUBLED_PERMILLE) {
            PayTables.capture(connection, delivery);
        }
    }

    static void captureByReadingAndWriting(Connection connection, Delivery delivery) throws SQLException {
        OrderTicket ticket = delivery.ticket();
        long before = available(connection, ticket.merchantId());
        LockSupport.parkNanos(THINKING_NANOS);
        PayTables.capture(connection, delivery);
        try (PreparedStatement update = connection
                .prepareStatement("UPDATE account SET available_cent = ? WHERE account_id = ?")) {
            update.setLong(1, before + ticket.amountCent());
            update.setString(2, ticket.merchantId());
            update.executeUpdate();
        }
    }

    static void refundSomebodyElse(Connection connection, Delivery delivery) throws SQLException {
        OrderTicket ticket = delivery.ticket();
        String other;
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT min(account_id) FROM account WHERE kind = 'user' AND account_id <> ?")) {
            select.setString(1, ticket.payer());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                other = row.getString(1);
            }
        }
        PayTables.change(connection, delivery, other, ticket.amountCent(), 0);
        PayTables.change(connection, delivery, ticket.merchantId(), -ticket.amountCent(), 0);
    }

    private static long available(Connection connection, String accountId) throws SQLException {
        try (PreparedStatement select = connection
                .prepareStatement("SELECT available_cent FROM account WHERE account_id = ?")) {
            select.setString(1, accountId);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
