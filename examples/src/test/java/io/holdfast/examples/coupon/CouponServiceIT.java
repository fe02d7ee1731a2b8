package io.holdfast.examples.coupon;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.ServiceUnderTest;
import io.holdfast.examples.process.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CouponServiceIT {
    private static final int OWNER = 7;

    private static String url = "";
    private static ServiceUnderTest service;

    @BeforeAll
    static void start() throws Exception {
        url = TestDatabase.create("coupon_service");
        try (Connection connection = DriverManager.getConnection(url)) {
            CouponTables.create(connection);
        }
        service = new ServiceUnderTest(url, CouponService.routes(PlantedBug.NONE), null);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aConfirmedOrderUsesItsCouponUp() throws Exception {
        OrderTicket ticket = orderWith("confirms");
        assertThat(service.call(MallService.TRY, "try", "confirms", ticket)).isEqualTo(200);
        assertThat(inState("confirms", "LOCKED")).isTrue();
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.CONFIRM, "confirm", "confirms", ticket)).isEqualTo(200);
        }

        assertThat(inState("confirms", "USED")).isTrue();
        assertThat(service.number("SELECT count(*) FROM coupon.effect_log WHERE gid = 'confirms'")).isEqualTo(2);
    }

    @Test
    void aCancelledOrderGivesItBack() throws Exception {
        OrderTicket ticket = orderWith("cancels");
        assertThat(service.call(MallService.TRY, "try", "cancels", ticket)).isEqualTo(200);
        assertThat(service.call(MallService.CANCEL, "cancel", "cancels", ticket)).isEqualTo(200);

        assertThat(inState("cancels", "UNUSED")).isTrue();
    }

    @Test
    void aCouponIsGoodForOneOrderAndForItsOwner() throws Exception {
        OrderTicket ticket = orderWith("shared");
        assertThat(service.call(MallService.TRY, "try", "first", ticket)).isEqualTo(200);
        assertThat(service.call(MallService.TRY, "try", "second", ticket)).isEqualTo(409);
        assertThat(service.call(MallService.CANCEL, "cancel", "second", ticket)).isEqualTo(200);
        assertThat(inState("shared", "LOCKED")).isTrue();

        orderWith("stolen");
        OrderTicket thief = new OrderTicket("thief", OWNER + 1, "merchant", 1, 1, 100, "stolen");
        assertThat(service.call(MallService.COUPON.action(), "action", "thief", thief)).isEqualTo(409);
    }

    @Test
    void aSagaStepIsTakenBackOnce() throws Exception {
        OrderTicket ticket = orderWith("saga");
        assertThat(service.call(MallService.COUPON.action(), "action", "saga", ticket)).isEqualTo(200);
        assertThat(inState("saga", "USED")).isTrue();
        for (int i = 0; i < 2; i++) {
            assertThat(service.call(MallService.COUPON.compensation(), "compensate", "saga", ticket)).isEqualTo(200);
        }

        assertThat(inState("saga", "UNUSED")).isTrue();
    }

    private static OrderTicket orderWith(String couponId) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            CouponTables.issue(connection, couponId, OWNER, 100);
        }
        return new OrderTicket("request-" + couponId, OWNER, "merchant", 1, 1, 100, couponId);
    }

    private static boolean inState(String couponId, String state) throws SQLException {
        return service.number("SELECT count(*) FROM coupon.coupon WHERE coupon_id = '" + couponId + "' AND state = '"
                + state + "'") == 1;
    }
}
