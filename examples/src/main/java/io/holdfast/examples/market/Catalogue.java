package io.holdfast.examples.market;

import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.participant.OrderTicket;
import java.util.stream.LongStream;

/**
 * Goods, prices and coupons: a pure function of the seed and of how many orders there will be. A few goods are hot: many
 * orders want them, and they sell out. Immutable.
 */
public final class Catalogue {
    static final int HOT_SKUS = 4;
    static final int COLD_SKUS = 60;
    static final int MERCHANTS = 4;
    private static final int COLD_QTY = 10_000;
    /** Of each hot item there is one for so many orders of the run; about one in ten orders asks for it. */
    private static final int ORDERS_PER_HOT_ITEM = 40;
    private static final int FEWEST_HOT = 3;
    private static final int LOWEST_PRICE_CENT = 100;
    private static final int HIGHEST_PRICE_CENT = 9_900;
    private static final int LOWEST_FACE_CENT = 100;
    private static final int HIGHEST_FACE_CENT = 500;

    private final long seed;
    private final int orders;

    /** @param orders how many orders the run will place */
    public Catalogue(long seed, int orders) {
        this.seed = seed;
        this.orders = orders;
    }

    /** The ids of all goods. */
    public LongStream skus() {
        return LongStream.rangeClosed(1, HOT_SKUS + COLD_SKUS);
    }

    public boolean hasSku(long skuId) {
        return skuId >= 1 && skuId <= HOT_SKUS + COLD_SKUS;
    }

    public boolean isHot(long skuId) {
        return skuId <= HOT_SKUS;
    }

    /** How many there are at first. */
    public long initialQty(long skuId) {
        return isHot(skuId) ? Math.max(FEWEST_HOT, orders / ORDERS_PER_HOT_ITEM) : COLD_QTY;
    }

    /** Who sells it. */
    public String merchant(long skuId) {
        return "merchant-" + skuId % MERCHANTS;
    }

    /** What a coupon is worth, in cent. */
    public long faceCent(String couponId) {
        return between(LOWEST_FACE_CENT, HIGHEST_FACE_CENT, "face", couponId);
    }

    /** What the participants are told about an order. */
    public OrderTicket ticket(OrderRequest request) {
        long price = between(LOWEST_PRICE_CENT, HIGHEST_PRICE_CENT, "price", Long.toString(request.skuId()));
        String couponId = request.couponId();
        long off = couponId == null ? 0 : faceCent(couponId);
        return new OrderTicket(request.requestId(), request.userId(), merchant(request.skuId()), request.skuId(),
                request.qty(), Math.max(1, request.qty() * price - off), couponId);
    }

    private long between(int lowest, int highest, String what, String id) {
        return lowest + Long.remainderUnsigned(SeededHash.of(seed, what, id), highest - lowest + 1L);
    }
}
