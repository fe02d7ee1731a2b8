package io.holdfast.examples.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.ServiceUnderTest;
import io.holdfast.examples.process.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StockServiceIT {
    private static final AtomicLong SKUS = new AtomicLong();

    private static String url = "";
    private static ServiceUnderTest service;

    @BeforeAll
    static void start() throws Exception {
        url = TestDatabase.create("stock_service");
        try (Connection connection = DriverManager.getConnection(url)) {
            StockTables.create(connection);
        }
        service = new ServiceUnderTest(url, StockService.routes(PlantedBug.NONE), null);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void whatIsConfirmedIsSoldOnce() throws Exception {
        OrderTicket ticket = orderOf(3, 10);
        assertThat(service.call(MallService.TRY, "try", "sells", ticket)).isEqualTo(200);
        assertThat(quantities(ticket)).isEqualTo("7 3 0");
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.CONFIRM, "confirm", "sells", ticket)).isEqualTo(200);
        }

        assertThat(quantities(ticket)).isEqualTo("7 0 3");
        assertThat(service.number("SELECT count(*) FROM stock.effect_log WHERE gid = 'sells'")).isEqualTo(2);
        assertThat(service.number("SELECT count(*) FROM stock.reservation WHERE gid = 'sells' AND state = 'CONFIRMED'"))
                .isEqualTo(1);
    }

    @Test
    void whatIsCancelledIsOnSaleAgain() throws Exception {
        OrderTicket ticket = orderOf(3, 10);
        assertThat(service.call(MallService.TRY, "try", "cancels", ticket)).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.CANCEL, "cancel", "cancels", ticket)).isEqualTo(200);
        }

        assertThat(quantities(ticket)).isEqualTo("10 0 0");
    }

    @Test
    void moreThanThereIsCannotBeHeldOrBought() throws Exception {
        OrderTicket ticket = orderOf(3, 2);
        assertThat(service.call(MallService.TRY, "try", "too-many", ticket)).isEqualTo(409);
        assertThat(service.call(MallService.CANCEL, "cancel", "too-many", ticket)).isEqualTo(200);
        assertThat(service.call(MallService.STOCK.action(), "action", "too-many-at-once", ticket)).isEqualTo(409);

        assertThat(quantities(ticket)).isEqualTo("2 0 0");
        assertThat(service.number("SELECT count(*) FROM stock.effect_log WHERE gid LIKE 'too-many%'")).isZero();
    }

    @Test
    void aSagaStepIsTakenBackOnce() throws Exception {
        OrderTicket ticket = orderOf(3, 10);
        assertThat(service.call(MallService.STOCK.action(), "action", "saga", ticket)).isEqualTo(200);
        assertThat(quantities(ticket)).isEqualTo("7 0 3");
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.STOCK.compensation(), "compensate", "saga", ticket)).isEqualTo(200);
        }

        assertThat(quantities(ticket)).isEqualTo("10 0 0");
    }

    private static OrderTicket orderOf(int qty, int available) throws SQLException {
        long skuId = SKUS.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url)) {
            StockTables.putOnSale(connection, skuId, "merchant", false, available);
        }
        return new OrderTicket("request-" + skuId, 1, "merchant", skuId, qty, 100, null);
    }

    /** Available, frozen and sold. */
    private static String quantities(OrderTicket ticket) throws SQLException {
        String from = " FROM stock.sku WHERE sku_id = " + ticket.skuId();
        return service.number("SELECT available" + from) + " " + service.number("SELECT frozen" + from) + " "
                + service.number("SELECT sold" + from);
    }
}
