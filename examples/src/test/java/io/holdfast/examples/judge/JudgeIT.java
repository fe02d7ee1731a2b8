package io.holdfast.examples.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.examples.coupon.CouponTables;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.journal.Told;
import io.holdfast.examples.order.OrderTables;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.pay.PayTables;
import io.holdfast.examples.process.TestDatabase;
import io.holdfast.examples.stock.StockTables;
import io.holdfast.fence.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each broken promise is put into an otherwise clean run and must move its own figure, by the right amount. */
class JudgeIT {
    private static final Findings.Safety SAFE = new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 0);
    private static final long PRICE_CENT = 500;
    private static final long SKU = 1;

    private static String orderUrl = "";
    private static String payUrl = "";
    private static String stockUrl = "";
    private static String couponUrl = "";
    private static Connection orders;
    private static Connection pay;
    private static Connection stock;
    private static Connection coupon;

    @TempDir
    private Path directory;

    @BeforeAll
    static void createTables() throws Exception {
        orderUrl = TestDatabase.create("judge_order");
        payUrl = TestDatabase.create("judge_pay");
        orders = DriverManager.getConnection(orderUrl);
        pay = DriverManager.getConnection(payUrl);
        stockUrl = TestDatabase.create("judge_stock");
        couponUrl = TestDatabase.create("judge_coupon");
        stock = DriverManager.getConnection(stockUrl);
        coupon = DriverManager.getConnection(couponUrl);
        OrderTables.create(orders, Dialect.POSTGRESQL);
        PayTables.create(pay, Dialect.POSTGRESQL);
        StockTables.create(stock);
        CouponTables.create(coupon);
    }

    @AfterAll
    static void closeConnections() throws SQLException {
        orders.close();
        pay.close();
        stock.close();
        coupon.close();
    }

    @BeforeEach
    void cleanRun() throws Exception {
        sql(orders, "TRUNCATE orders, effect_log");
        sql(pay, "TRUNCATE account, ledger");
        sql(stock, "TRUNCATE stock.sku, stock.reservation, stock.effect_log");
        sql(coupon, "TRUNCATE coupon.coupon, coupon.effect_log");
        PayTables.open(pay, "user-1", "user", 10_000);
        PayTables.open(pay, "merchant", "merchant", 0);
        StockTables.putOnSale(stock, SKU, "merchant", false, 10);
        CouponTables.issue(coupon, "c1", 1, 100);
        confirmedOrder("r1", "g1");
        paid("g1", PRICE_CENT);
        sold("g1", 1);
        tell("r1", Told.CONFIRMED, "");
        tell("r2", Told.REJECTED, "insufficient_balance");
    }

    @Test
    void aCleanRunHasNothingToReport() throws Exception {
        Findings findings = judge();

        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.brokenPromises()).isEmpty();
        assertThat(findings.orders().placed()).isEqualTo(2);
        assertThat(findings.orders().confirmed()).isEqualTo(1);
        assertThat(findings.effects()).isEqualTo(Map.of("order", Map.of("ACTION", 1L), "stock",
                Map.of("ACTION", 1L), "pay", Map.of("ACTION", 1L), "coupon", Map.of()));
        assertThat(findings.orders().rejectedByReason()).containsOnly(Map.entry("insufficient_balance", 1L));
    }

    @Test
    void anOrderThatWasPromisedAndIsNotThereIsLost() throws Exception {
        tell("r3", Told.CONFIRMED, "");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(1, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void anOrderThatWasPromisedAndIsCancelledIsLost() throws Exception {
        sql(orders, "INSERT INTO orders (order_no, request_id, gid, engine, user_id, sku_id, qty, amount_cent, status)"
                + " VALUES ('n', 'r3', 'g3', 'saga', 1, 1, 1, 500, 'CANCELLED')");
        tell("r3", Told.CONFIRMED, "");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(1, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void twoConfirmedOrdersForOneRequestAreADuplicate() throws Exception {
        confirmedOrder("r1", "g1b");
        paid("g1b", PRICE_CENT);
        sold("g1b", 1);

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 1, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void anOrderEffectThatTookPlaceTwiceIsADuplicate() throws Exception {
        sql(orders,
                "INSERT INTO effect_log (gid, branch_id, op, engine, order_no) SELECT gid, branch_id, op, engine, order_no"
                        + " FROM effect_log");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(new Findings.Safety(0, 1, 0, 0, 0, 0, 0, 0));
        assertThat(findings.details().doubleEffects()).isEqualTo(1);
    }

    @Test
    void aPaymentThatWasMadeTwiceIsADuplicateAndIsMispaid() throws Exception {
        paid("g1", PRICE_CENT);

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(new Findings.Safety(0, 1, 0, 0, 0, 0, 0, 0));
        assertThat(findings.details()).isEqualTo(new Findings.Details(1, PRICE_CENT, PRICE_CENT, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aConfirmedOrderOfARejectedRequestIsAPhantom() throws Exception {
        confirmedOrder("r2", "g2");
        paid("g2", PRICE_CENT);
        sold("g2", 1);

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void aConfirmedOrderThatNobodyPlacedIsAPhantom() throws Exception {
        confirmedOrder("r9", "g9");
        paid("g9", PRICE_CENT);
        sold("g9", 1);

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void aNegativeBalanceIsOversold() throws Exception {
        tell("r3", Told.CONFIRMED, "");
        confirmedOrder("r3", "g3", 20_000);
        paid("g3", 20_000);
        sold("g3", 1);

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void moneyThatCameFromNowhereIsDrift() throws Exception {
        sql(pay, "UPDATE account SET available_cent = available_cent + 7 WHERE account_id = 'user-1'");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 7, 0, 0, 0));
    }

    @Test
    void moneyThatMovedWithoutALedgerRowIsLedgerDrift() throws Exception {
        sql(pay, "UPDATE account SET available_cent = available_cent - 3 WHERE account_id = 'user-1'");
        sql(pay, "UPDATE account SET available_cent = available_cent + 3 WHERE account_id = 'merchant'");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.details()).isEqualTo(new Findings.Details(0, 0, 0, 6, 0, 0, 0, 0, 0));
        assertThat(findings.brokenPromises()).containsExactly("ledgerDriftCent=6, allowed: 0");
    }

    @Test
    void frozenMoneyIsLeft() throws Exception {
        sql(pay, "UPDATE account SET available_cent = available_cent - 300, frozen_cent = 300 WHERE account_id = 'user-1'");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 300, 0, 0));
    }

    @Test
    void aHoldThatWasNeverClosedIsLeftTogetherWithItsMoney() throws Exception {
        sql(pay, "UPDATE account SET available_cent = available_cent - 300, frozen_cent = 300 WHERE account_id = 'user-1'");
        sql(pay, "INSERT INTO ledger (gid, branch_id, op, engine, account_id, d_available, d_frozen)"
                + " VALUES ('g2', '03', 'TRY', 'tcc', 'user-1', -300, 300)");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 300, 1, 0));
    }

    @Test
    void aPendingOrderIsLeft() throws Exception {
        sql(orders, "INSERT INTO orders (order_no, request_id, gid, engine, user_id, sku_id, qty, amount_cent, status)"
                + " VALUES ('n', 'r2', 'g2', 'tcc', 1, 1, 1, 500, 'PENDING')");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void anOrderThatWasNotPaidIsMixed() throws Exception {
        confirmedOrder("r3", "g3");
        sold("g3", 1);
        tell("r3", Told.CONFIRMED, "");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 1));
    }

    @Test
    void aPaymentWithoutAnOrderIsMixed() throws Exception {
        paid("g2", PRICE_CENT);

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 1));
    }

    @Test
    void anOrderWhoseGoodsWereNotSoldIsMixedAndMisdelivered() throws Exception {
        confirmedOrder("r3", "g3");
        paid("g3", PRICE_CENT);
        tell("r3", Told.CONFIRMED, "");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 1));
        assertThat(findings.details()).isEqualTo(new Findings.Details(0, 0, 0, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void moreGoodsThanWereOrderedAreMisdelivered() throws Exception {
        sold("g1", 2);

        Findings findings = judge();
        assertThat(findings.details()).isEqualTo(new Findings.Details(1, 0, 0, 0, 2, 0, 0, 0, 0));
    }

    @Test
    void moreGoodsThanThereWereAreOversold() throws Exception {
        confirmedOrder("r3", "g3");
        paid("g3", PRICE_CENT);
        sold("g3", 10);
        tell("r3", Told.CONFIRMED, "");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void goodsThatChangedWithoutALogRowAreStockDrift() throws Exception {
        sql(stock, "UPDATE stock.sku SET available = available - 3");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.details()).isEqualTo(new Findings.Details(0, 0, 0, 0, 0, 6, 0, 0, 0));
    }

    @Test
    void goodsThatAreStillHeldAreLeft() throws Exception {
        sql(stock, "UPDATE stock.sku SET available = available - 2, frozen = 2");
        sql(stock, "INSERT INTO stock.effect_log (gid, branch_id, op, engine, sku_id, d_available, d_frozen, d_sold)"
                + " VALUES ('g2', '02', 'TRY', 'tcc', 1, -2, 2, 0)");
        sql(stock, "INSERT INTO stock.reservation (gid, branch_id, order_no, sku_id, qty, state, engine)"
                + " VALUES ('g2', '02', 'r2', 1, 2, 'TRIED', 'tcc')");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 1, 0));
        assertThat(findings.details()).isEqualTo(new Findings.Details(0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aLockedCouponIsLeft() throws Exception {
        sql(coupon, "UPDATE coupon.coupon SET state = 'LOCKED', gid = 'g2'");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 1, 0));
    }

    @Test
    void aCouponThatIsUsedForNoOrderIsMixed() throws Exception {
        sql(coupon, "UPDATE coupon.coupon SET state = 'USED', gid = 'g2'");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 1));
    }

    @Test
    void anOrderWhoseCouponIsNotUsedIsMixed() throws Exception {
        confirmedOrder("r3", "g3", PRICE_CENT, "'c1'");
        paid("g3", PRICE_CENT);
        sold("g3", 1);
        tell("r3", Told.CONFIRMED, "");

        assertThat(judge().safety()).isEqualTo(new Findings.Safety(0, 0, 0, 0, 0, 0, 0, 1));
    }

    @Test
    void aPaymentThatSomebodyElseMadeIsMischarged() throws Exception {
        PayTables.open(pay, "stranger", "user", 10_000);
        confirmedOrder("r3", "g3");
        move("g3", "stranger", -PRICE_CENT);
        move("g3", "merchant", PRICE_CENT);
        sold("g3", 1);
        tell("r3", Told.CONFIRMED, "");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.details()).isEqualTo(new Findings.Details(0, 0, 2 * PRICE_CENT, 0, 0, 0, 0, 0, 0));
        assertThat(findings.brokenPromises()).containsExactly("mischargedCent=1000, allowed: 0");
    }

    @Test
    void aRefundThatSomebodyElseGotIsMischarged() throws Exception {
        PayTables.open(pay, "stranger", "user", 10_000);
        move("g2", "user-1", -PRICE_CENT);
        move("g2", "stranger", PRICE_CENT);

        assertThat(judge().brokenPromises()).containsExactly("mischargedCent=1000, allowed: 0");
    }

    @Test
    void anOrderRowThatIsNotWhatTheClientAskedForIsMisordered() throws Exception {
        for (String change : List.of("user_id = 2", "sku_id = 2", "qty = 2", "amount_cent = 501", "coupon_id = 'c1'")) {
            sql(orders, "UPDATE orders SET user_id = 1, sku_id = 1, qty = 1, amount_cent = 500, coupon_id = NULL");
            sql(orders, "UPDATE orders SET " + change);

            assertThat(judge().brokenPromises()).as(change).contains("misordered=1, allowed: 0");
        }
    }

    @Test
    void anAmountThatIsWrongEverywhereIsStillNotWhatTheClientAskedFor() throws Exception {
        sql(orders, "UPDATE orders SET amount_cent = amount_cent + 1");
        move("g1", "user-1", -1);
        move("g1", "merchant", 1);
        sql(pay, "TRUNCATE ledger");
        sql(pay, "INSERT INTO ledger (gid, branch_id, op, engine, account_id, d_available, d_frozen) VALUES"
                + " ('g1', '03', 'ACTION', 'saga', 'user-1', -501, 0), ('g1', '03', 'ACTION', 'saga', 'merchant', 501, 0)");

        assertThat(judge().brokenPromises()).containsExactly("misordered=1, allowed: 0");
    }

    @Test
    void moneyThatWentToAnotherMerchantIsFound() throws Exception {
        PayTables.open(pay, "rival", "merchant", 0);
        confirmedOrder("r3", "g3");
        move("g3", "user-1", -PRICE_CENT);
        move("g3", "rival", PRICE_CENT);
        sold("g3", 1);
        tell("r3", Told.CONFIRMED, "");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.brokenPromises()).containsExactly("wrongMerchantCent=500, allowed: 0");
    }

    @Test
    void aCouponOfSomebodyElseIsFound() throws Exception {
        CouponTables.issue(coupon, "c2", 2, 100);
        sql(coupon, "UPDATE coupon.coupon SET state = 'USED', gid = 'g3' WHERE coupon_id = 'c2'");
        confirmedOrder("r3", "g3", PRICE_CENT, "'c2'");
        paid("g3", PRICE_CENT);
        sold("g3", 1);
        try (JournalWriter journal = new JournalWriter(journalFile())) {
            journal.placed(asked("r3", "c2"));
            journal.told("r3", Told.CONFIRMED, "");
        }

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.brokenPromises()).containsExactly("wrongCoupons=1, allowed: 0");
    }

    @Test
    void aCouponThatTheClientDidNotSendIsFound() throws Exception {
        sql(coupon, "UPDATE coupon.coupon SET state = 'USED', gid = 'g1'");
        sql(orders, "UPDATE orders SET coupon_id = 'c1'");

        assertThat(judge().brokenPromises()).containsExactly("misordered=1, allowed: 0", "wrongCoupons=1, allowed: 0");
    }

    @Test
    void aJournalThatDoesNotSayWhatWasAskedForIsAnError() throws Exception {
        Files.writeString(journalFile(), "{\"event\":\"PLACED\",\"requestId\":\"r4\",\"told\":\"UNKNOWN\","
                + "\"reason\":\"\",\"atMillis\":1}\n", StandardOpenOption.APPEND);

        assertThatThrownBy(this::judge).isInstanceOf(IOException.class).hasMessageContaining("r4 asked for");
    }

    @Test
    void aRequestThatNeverLearntItsOutcomeBreaksAPromise() throws Exception {
        tell("r3", Told.UNKNOWN, "no_answer_to_submit");

        Findings findings = judge();
        assertThat(findings.safety()).isEqualTo(SAFE);
        assertThat(findings.brokenPromises()).containsExactly("unknownUnresolved=1, allowed: 0");
    }

    @Test
    void whatTheClientFoundOutLaterCountsAndIsReported() throws Exception {
        tell("r3", Told.UNKNOWN, "no_answer_to_submit");
        try (JournalWriter journal = new JournalWriter(journalFile())) {
            journal.resolved("r3", Told.CONFIRMED, "");
        }

        Findings findings = judge();
        assertThat(findings.orders().unknown()).isEqualTo(1);
        assertThat(findings.orders().unknownResolved()).isEqualTo(1);
        assertThat(findings.safety().lost()).isEqualTo(1);
    }

    @Test
    void aDamagedJournalIsAnErrorAndNotAnAcquittal() throws Exception {
        Files.writeString(journalFile(), "{\"event\":\"PLACED\"", StandardOpenOption.APPEND);

        assertThatThrownBy(this::judge).isInstanceOf(IOException.class);
    }

    private Findings judge() throws IOException, SQLException {
        return Judge.judge(new Evidence(orderUrl, payUrl, stockUrl, couponUrl, null, journalFile()));
    }

    private static OrderTicket asked(String requestId, @Nullable String couponId) {
        return new OrderTicket(requestId, 1, "merchant", SKU, 1, PRICE_CENT, couponId);
    }

    private Path journalFile() {
        return directory.resolve("journal.jsonl");
    }

    private void tell(String requestId, Told told, String reason) throws IOException {
        try (JournalWriter journal = new JournalWriter(journalFile())) {
            journal.placed(asked(requestId, null));
            journal.told(requestId, told, reason);
        }
    }

    private static void confirmedOrder(String requestId, String gid) throws SQLException {
        confirmedOrder(requestId, gid, PRICE_CENT);
    }

    private static void confirmedOrder(String requestId, String gid, long amountCent) throws SQLException {
        confirmedOrder(requestId, gid, amountCent, "NULL");
    }

    /** @param couponId as SQL */
    private static void confirmedOrder(String requestId, String gid, long amountCent, String couponId)
            throws SQLException {
        sql(orders,
                "INSERT INTO orders (order_no, request_id, gid, engine, user_id, sku_id, qty, amount_cent, coupon_id,"
                        + " status) VALUES ('no-" + gid + "', '" + requestId + "', '" + gid + "', 'saga', 1, 1, 1, "
                        + amountCent
                        + ", " + couponId + ", 'CONFIRMED')");
        sql(orders, "INSERT INTO effect_log (gid, branch_id, op, engine, order_no) VALUES ('" + gid
                + "', '01', 'ACTION', 'saga', 'no-" + gid + "')");
    }

    private static void sold(String gid, int qty) throws SQLException {
        sql(stock, "UPDATE stock.sku SET available = available - " + qty + ", sold = sold + " + qty);
        sql(stock, "INSERT INTO stock.effect_log (gid, branch_id, op, engine, sku_id, d_available, d_frozen, d_sold)"
                + " VALUES ('" + gid + "', '02', 'ACTION', 'saga', 1, " + -qty + ", 0, " + qty + ")");
    }

    private static void paid(String gid, long amountCent) throws SQLException {
        move(gid, "user-1", -amountCent);
        move(gid, "merchant", amountCent);
    }

    private static void move(String gid, String account, long cent) throws SQLException {
        sql(pay, "UPDATE account SET available_cent = available_cent + " + cent + " WHERE account_id = '" + account
                + "'");
        sql(pay, "INSERT INTO ledger (gid, branch_id, op, engine, account_id, d_available, d_frozen) VALUES ('" + gid
                + "', '03', 'ACTION', 'saga', '" + account + "', " + cent + ", 0)");
    }

    private static void sql(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
