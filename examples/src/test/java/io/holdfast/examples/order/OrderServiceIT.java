package io.holdfast.examples.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.fault.PlantedBug;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.participant.ServiceUnderTest;
import io.holdfast.examples.process.TestDatabase;
import io.holdfast.fence.Dialect;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OrderServiceIT {
    private static final OrderTicket TICKET = new OrderTicket("r", 1, "merchant", 1, 1, 500, null);
    private static final FaultPlan PLAN = new FaultPlan(7, 100);

    private static ServiceUnderTest plain;
    private static ServiceUnderTest faulty;

    @BeforeAll
    static void start() throws Exception {
        String url = TestDatabase.create("order_service");
        try (Connection connection = DriverManager.getConnection(url)) {
            OrderTables.create(connection, Dialect.POSTGRESQL);
        }
        plain = new ServiceUnderTest(url, OrderService.routes(PlantedBug.NONE), null);
        faulty = new ServiceUnderTest(url, OrderService.routes(PlantedBug.NONE), PLAN);
    }

    @AfterAll
    static void stop() {
        plain.close();
        faulty.close();
    }

    @Test
    void aRepeatedCallTakesEffectOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(plain.call(MallService.TRY, "try", "twice", TICKET)).isEqualTo(200);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(plain.call(MallService.CONFIRM, "confirm", "twice", TICKET)).isEqualTo(200);
        }

        assertThat(plain.number("SELECT count(*) FROM orders WHERE gid = 'twice' AND status = 'CONFIRMED'"))
                .isEqualTo(1);
        assertThat(plain.number("SELECT count(*) FROM effect_log WHERE gid = 'twice'")).isEqualTo(2);
    }

    @Test
    void aCancelWithoutTrySucceedsAndALateTryIsRefused() throws Exception {
        assertThat(plain.call(MallService.CANCEL, "cancel", "late", TICKET)).isEqualTo(200);
        assertThat(plain.call(MallService.TRY, "try", "late", TICKET)).isEqualTo(409);

        assertThat(plain.number("SELECT count(*) FROM orders WHERE gid = 'late'")).isZero();
        assertThat(plain.number("SELECT count(*) FROM effect_log WHERE gid = 'late'")).isZero();
    }

    @Test
    void aSagaStepIsCreatedAndRevokedOnce() throws Exception {
        assertThat(plain.call(MallService.ORDER.action(), "action", "saga", TICKET)).isEqualTo(200);
        assertThat(plain.call(MallService.ORDER.compensation(), "compensate", "saga", TICKET)).isEqualTo(200);
        assertThat(plain.call(MallService.ORDER.compensation(), "compensate", "saga", TICKET)).isEqualTo(200);

        assertThat(plain.number("SELECT count(*) FROM orders WHERE gid = 'saga' AND status = 'CANCELLED'"))
                .isEqualTo(1);
        assertThat(plain.number("SELECT count(*) FROM effect_log WHERE gid = 'saga'")).isEqualTo(2);
    }

    @Test
    void aCallWithTheWrongOperationIsRefused() throws Exception {
        assertThat(plain.call(MallService.TRY, "confirm", "wrong", TICKET)).isEqualTo(400);
    }

    @Test
    void aLostReplyHasAnEffectAndNoAnswer() throws Exception {
        String gid = gidWith(FaultKind.LOST_REPLY);

        assertThatThrownBy(() -> faulty.call(MallService.TRY, "try", gid, TICKET)).isInstanceOf(IOException.class);
        assertThat(faulty.number("SELECT count(*) FROM orders WHERE gid = '" + gid + "'")).isEqualTo(1);
        assertThat(faulty.faults()).contains("\"lost-reply\":{\"injected\":1,\"hits\":1}");
    }

    @Test
    void anErrorBeforeTheEffectHasNone() throws Exception {
        String gid = gidWith(FaultKind.ERROR_BEFORE_EFFECT);

        assertThat(faulty.call(MallService.TRY, "try", gid, TICKET)).isEqualTo(500);
        assertThat(faulty.number("SELECT count(*) FROM orders WHERE gid = '" + gid + "'")).isZero();
    }

    @Test
    void ongoingIsAnsweredByItsStatusAndHasNoEffect() throws Exception {
        String gid = gidWith(FaultKind.ONGOING_FIRST);

        assertThat(faulty.call(MallService.TRY, "try", gid, TICKET)).isEqualTo(425);
        assertThat(faulty.number("SELECT count(*) FROM orders WHERE gid = '" + gid + "'")).isZero();
    }

    @Test
    void aDuplicateDeliveryTakesEffectOnce() throws Exception {
        String gid = gidWith(FaultKind.DUPLICATE_DELIVERY);

        assertThat(faulty.call(MallService.TRY, "try", gid, TICKET)).isEqualTo(200);
        awaitFault("\"duplicate-delivery\":{\"injected\":1,\"hits\":1}");
        assertThat(faulty.number("SELECT count(*) FROM orders WHERE gid = '" + gid + "'")).isEqualTo(1);
    }

    @Test
    void aHeldTryArrivesAfterItsCancelAndIsRefused() throws Exception {
        String gid = gidWith(FaultKind.LATE_TRY);

        assertThatThrownBy(() -> faulty.call(MallService.TRY, "try", gid, TICKET)).isInstanceOf(IOException.class);
        int status = faulty.call(MallService.CANCEL, "cancel", gid, TICKET);
        assertThat(status).isEqualTo(200);
        awaitFault("\"late-try\":{\"injected\":1,\"hits\":1}");
        assertThat(faulty.number("SELECT count(*) FROM orders WHERE gid = '" + gid + "'")).isZero();
    }

    /** A transaction whose first Try meets the fault, and whose Cancel meets none. */
    private static String gidWith(FaultKind kind) {
        for (int i = 0;; i++) {
            String gid = "tcc-" + i;
            if (PLAN.ofBranchCall(gid, "01", Operation.TRY, 1) == kind
                    && PLAN.ofBranchCall(gid, "01", Operation.CANCEL, 1) == null) {
                return gid;
            }
        }
    }

    private static void awaitFault(String counts) throws Exception {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!faulty.faults().contains(counts) && System.nanoTime() - giveUpAtNanos < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        assertThat(faulty.faults()).contains(counts);
    }
}
