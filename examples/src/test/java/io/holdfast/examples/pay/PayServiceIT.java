package io.holdfast.examples.pay;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.ServiceUnderTest;
import io.holdfast.examples.process.TestDatabase;
import io.holdfast.fence.Dialect;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PayServiceIT {
    private static final AtomicLong USERS = new AtomicLong();

    private static String url = "";
    private static ServiceUnderTest service;

    @BeforeAll
    static void start() throws Exception {
        url = TestDatabase.create("pay_service");
        try (Connection connection = DriverManager.getConnection(url)) {
            PayTables.create(connection, Dialect.POSTGRESQL);
            PayTables.open(connection, "merchant", "merchant", 0);
        }
        service = new ServiceUnderTest(url, PayService.routes(PlantedBug.NONE), null);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aConfirmedPaymentMovesTheMoneyOnce() throws Exception {
        OrderTicket ticket = userWith("confirms", 1_000, 300);
        assertThat(service.call(MallService.TRY, "try", "confirms", ticket)).isEqualTo(200);
        assertThat(balance(ticket)).isEqualTo(700);
        assertThat(frozen(ticket)).isEqualTo(300);
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.CONFIRM, "confirm", "confirms", ticket)).isEqualTo(200);
        }

        assertThat(balance(ticket)).isEqualTo(700);
        assertThat(frozen(ticket)).isZero();
        assertThat(service
                .number("SELECT sum(d_available) FROM ledger WHERE gid = 'confirms' AND account_id = 'merchant'"))
                .isEqualTo(300);
    }

    @Test
    void aCancelledPaymentGivesTheMoneyBackOnce() throws Exception {
        OrderTicket ticket = userWith("cancels", 1_000, 300);
        assertThat(service.call(MallService.TRY, "try", "cancels", ticket)).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.CANCEL, "cancel", "cancels", ticket)).isEqualTo(200);
        }

        assertThat(balance(ticket)).isEqualTo(1_000);
        assertThat(frozen(ticket)).isZero();
    }

    @Test
    void aCancelWithoutTryMovesNothingAndALateTryIsRefused() throws Exception {
        OrderTicket ticket = userWith("late", 1_000, 300);
        assertThat(service.call(MallService.CANCEL, "cancel", "late", ticket)).isEqualTo(200);
        assertThat(service.call(MallService.TRY, "try", "late", ticket)).isEqualTo(409);

        assertThat(balance(ticket)).isEqualTo(1_000);
        assertThat(frozen(ticket)).isZero();
    }

    @Test
    void whoHasTooLittleMoneyIsRejectedAndCanBeCancelled() throws Exception {
        OrderTicket ticket = userWith("poor", 299, 300);
        assertThat(service.call(MallService.TRY, "try", "poor", ticket)).isEqualTo(409);
        assertThat(service.call(MallService.CANCEL, "cancel", "poor", ticket)).isEqualTo(200);

        assertThat(balance(ticket)).isEqualTo(299);
        assertThat(service.number("SELECT count(*) FROM ledger WHERE gid = 'poor'")).isZero();
    }

    @Test
    void aSagaDebitIsRefundedOnce() throws Exception {
        OrderTicket ticket = userWith("saga", 1_000, 300);
        assertThat(service.call(MallService.PAY.action(), "action", "saga", ticket)).isEqualTo(200);
        assertThat(balance(ticket)).isEqualTo(700);
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.PAY.compensation(), "compensate", "saga", ticket)).isEqualTo(200);
        }

        assertThat(balance(ticket)).isEqualTo(1_000);
        assertThat(service.number("SELECT sum(d_available) FROM ledger WHERE gid = 'saga'")).isZero();
    }

    @Test
    void withoutAFenceACancelInventsMoney() throws Exception {
        OrderTicket ticket = userWith("unfenced", 1_000, 300);
        try (ServiceUnderTest planted = new ServiceUnderTest(url, PayService.routes(PlantedBug.NO_FENCE_CANCEL),
                null)) {
            assertThat(planted.call(MallService.CANCEL, "cancel", "unfenced", ticket)).isEqualTo(200);
        }

        assertThat(balance(ticket)).isEqualTo(1_300);
        assertThat(frozen(ticket)).isEqualTo(-300);
    }

    private static OrderTicket userWith(String requestId, long initialCent, long amountCent) throws SQLException {
        OrderTicket ticket = new OrderTicket(requestId, USERS.incrementAndGet(), "merchant", 1, 1, amountCent, null);
        try (Connection connection = DriverManager.getConnection(url)) {
            PayTables.open(connection, ticket.payer(), "user", initialCent);
        }
        return ticket;
    }

    private static long balance(OrderTicket ticket) throws SQLException {
        return service.number("SELECT available_cent FROM account WHERE account_id = '" + ticket.payer() + "'");
    }

    private static long frozen(OrderTicket ticket) throws SQLException {
        return service.number("SELECT frozen_cent FROM account WHERE account_id = '" + ticket.payer() + "'");
    }
}
