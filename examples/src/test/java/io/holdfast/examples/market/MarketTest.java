package io.holdfast.examples.market;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.gateway.OrderMode;
import io.holdfast.examples.gateway.OrderRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MarketTest {
    private static final int ORDERS = 2_000;

    private final Market market = new Market(9, ORDERS);
    private final List<OrderRequest> orders = IntStream.range(0, ORDERS).mapToObj(market::order).toList();

    @Test
    void theSameSeedPlacesTheSameOrders() {
        assertThat(IntStream.range(0, ORDERS).mapToObj(new Market(9, ORDERS)::order).toList()).isEqualTo(orders);
        assertThat(new Market(10, ORDERS).order(0)).isNotEqualTo(orders.getFirst());
    }

    @Test
    void halfOfTheOrdersAreTccAndSomeBuyersArePoor() {
        assertThat(orders.stream().filter(order -> order.mode() == OrderMode.TCC)).hasSize(ORDERS / 2);
        assertThat(orders.stream().filter(order -> order.userId() >= Market.FIRST_POOR).count())
                .isBetween(ORDERS / 20L, ORDERS / 8L);
    }

    @Test
    void everyHotItemIsWantedMoreOftenThanItIsThere() {
        for (long seed = 0; seed < 20; seed++) {
            Market some = new Market(seed, ORDERS);
            Map<Long, Integer> wanted = IntStream.range(0, ORDERS).mapToObj(some::order)
                    .collect(Collectors.groupingBy(OrderRequest::skuId, Collectors.summingInt(OrderRequest::qty)));
            some.catalogue().skus().forEach(sku -> assertThat(
                    wanted.getOrDefault(sku, 0) > some.catalogue().initialQty(sku))
                    .isEqualTo(some.catalogue().isHot(sku)));
        }
    }

    @Test
    void aFifthOfTheOrdersUseACouponAndSomeUseTheSame() {
        List<String> used = orders.stream().map(OrderRequest::couponId).filter(Objects::nonNull).toList();

        assertThat(used).hasSizeBetween(ORDERS / 6, ORDERS / 4);
        assertThat(used.size() - used.stream().distinct().count()).isBetween(20L, 120L);
    }

    @Test
    void everyCouponBelongsToWhoeverUsesIt() {
        Map<String, Long> owners = new HashMap<>(market.couponOwners());

        assertThat(orders.stream().filter(order -> order.couponId() != null)).allSatisfy(
                order -> assertThat(owners).containsEntry(Objects.requireNonNull(order.couponId()), order.userId()));
    }

    @Test
    void aCouponMakesAnOrderCheaperAndNeverFree() {
        assertThat(orders).allSatisfy(order -> {
            long without = market.catalogue().ticket(new OrderRequest(order.requestId(), order.userId(), order.skuId(),
                    order.qty(), null, order.mode())).amountCent();
            long with = market.catalogue().ticket(order).amountCent();
            assertThat(with).isPositive();
            assertThat(with < without).isEqualTo(order.couponId() != null && without > 1);
        });
    }

    @Test
    void everyRequestHasAnIdOfItsOwn() {
        assertThat(orders.stream().map(OrderRequest::requestId).distinct()).hasSize(ORDERS);
    }
}
