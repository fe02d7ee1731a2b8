package io.holdfast.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarketTest {
    private static final int ORDERS = 2_000;

    @Test
    void theSameSeedPlacesTheSameOrders() {
        for (int i = 0; i < ORDERS; i++) {
            assertThat(new Market(9).order(i)).isEqualTo(new Market(9).order(i));
        }
        assertThat(new Market(9).order(0)).isNotEqualTo(new Market(10).order(0));
    }

    @Test
    void halfOfTheOrdersAreTccAndSomeBuyersArePoor() {
        Market market = new Market(9);
        long tcc = IntStream.range(0, ORDERS).filter(i -> market.order(i).isTcc()).count();
        long poor = IntStream.range(0, ORDERS).filter(i -> market.order(i).ticket().userId().startsWith("poor"))
                .count();

        assertThat(tcc).isEqualTo(ORDERS / 2);
        assertThat(poor).isBetween(ORDERS / 20L, ORDERS / 8L);
    }

    @Test
    void eitherServiceComesFirstInHalfOfTheOrders() {
        Market market = new Market(9);

        for (int mode = 0; mode < 2; mode++) {
            int offset = mode;
            assertThat(IntStream.range(0, ORDERS / 2).filter(i -> market.order(2 * i + offset).paysFirst()).count())
                    .isBetween(ORDERS / 5L, 3 * ORDERS / 10L);
        }
    }

    @Test
    void everyRequestHasAnIdOfItsOwn() {
        Market market = new Market(9);

        assertThat(IntStream.range(0, ORDERS).mapToObj(i -> market.order(i).requestId()).distinct()).hasSize(ORDERS);
    }
}
