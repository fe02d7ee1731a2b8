package io.holdfast.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServicesTest {
    private static final int ORDERS = 2_000;

    @Test
    void everyServiceComesLastInItsShareOfTheOrders() {
        for (MallService service : MallService.values()) {
            assertThat(IntStream.range(0, ORDERS).filter(i -> route("r-" + i, "c").getLast() == service).count())
                    .as("%s", service).isBetween(ORDERS / 5L, 3 * ORDERS / 10L);
        }
    }

    @Test
    void anOrderWithoutACouponDoesNotCallTheCouponService() {
        assertThat(route("r", null)).containsExactlyInAnyOrder(MallService.ORDER, MallService.STOCK, MallService.PAY);
    }

    private static List<MallService> route(String requestId, @Nullable String couponId) {
        return Services.route(new OrderTicket(requestId, 1, "merchant", 1, 1, 100, couponId));
    }
}
