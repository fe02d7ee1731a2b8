package io.holdfast.examples.load;

import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.pay.PayTables;
import java.sql.Connection;
import java.sql.SQLException;

/** Who buys what from whom: a pure function of the seed. Some buyers have so little money that they run dry. */
public final class Market {
    private static final int RICH_USERS = 200;
    private static final int POOR_USERS = 12;
    private static final int MERCHANTS = 4;
    private static final long RICH_CENT = 1_000_000_000L;
    private static final long POOR_CENT = 10_000;
    private static final int POOR_ORDERS_PERMILLE = 80;
    private static final int LOWEST_CENT = 100;
    private static final int HIGHEST_CENT = 9_999;

    private final long seed;

    public Market(long seed) {
        this.seed = seed;
    }

    /** Opens all accounts. */
    public void openAccounts(Connection connection) throws SQLException {
        for (int i = 0; i < RICH_USERS; i++) {
            PayTables.open(connection, rich(i), "user", RICH_CENT);
        }
        for (int i = 0; i < POOR_USERS; i++) {
            PayTables.open(connection, poor(i), "user", POOR_CENT);
        }
        for (int i = 0; i < WarmUp.ORDERS; i++) {
            PayTables.open(connection, penniless(i), "user", 0);
        }
        for (int i = 0; i < MERCHANTS; i++) {
            PayTables.open(connection, merchant(i), "merchant", 0);
        }
    }

    /** The order with this number; every other one is a TCC. */
    PlannedOrder order(int index) {
        String requestId = Long.toUnsignedString(seed, Character.MAX_RADIX) + "-" + index;
        boolean isPoor = SeededHash.permille(seed, requestId, "poor") < POOR_ORDERS_PERMILLE;
        String user = isPoor ? poor(pick(POOR_USERS, requestId, "user")) : rich(pick(RICH_USERS, requestId, "user"));
        int amountCent = LOWEST_CENT + pick(HIGHEST_CENT - LOWEST_CENT + 1, requestId, "amount");
        boolean isTcc = index % 2 == 0;
        return new PlannedOrder((isTcc ? "tcc-" : "saga-") + requestId, isTcc,
                new OrderTicket(requestId, user, merchant(pick(MERCHANTS, requestId, "merchant")), amountCent));
    }

    /** An order that is bound to be rejected for want of money, under an id that no fault touches. */
    PlannedOrder hopelessOrder(int index) {
        String requestId = FaultPlan.UNDISTURBED + index;
        return new PlannedOrder(requestId, index % 2 == 0,
                new OrderTicket(requestId, penniless(index), merchant(0), LOWEST_CENT));
    }

    private int pick(int bound, String requestId, String what) {
        return (int) Long.remainderUnsigned(SeededHash.of(seed, requestId, what), bound);
    }

    private static String rich(int number) {
        return "user-" + number;
    }

    private static String poor(int number) {
        return "poor-" + number;
    }

    private static String penniless(int number) {
        return "penniless-" + number;
    }

    private static String merchant(int number) {
        return "merchant-" + number;
    }
}
