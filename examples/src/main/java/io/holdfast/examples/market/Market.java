package io.holdfast.examples.market;

import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.fault.SeededHash;
import io.holdfast.examples.gateway.OrderMode;
import io.holdfast.examples.gateway.OrderRequest;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who buys what: a pure function of the seed and of how many orders there will be. Some buyers have so little money that
 * they run dry, and some coupons are sent with more than one order. Immutable.
 */
public final class Market {
    /** Orders that are placed before the clock starts. */
    public static final int HOPELESS_ORDERS = 120;
    static final int RICH_USERS = 200;
    static final int POOR_USERS = 12;
    static final long FIRST_POOR = 1_001;
    private static final long FIRST_PENNILESS = 9_001;
    private static final int POOR_ORDERS_PERMILLE = 80;
    private static final int HOT_ORDERS_PERMILLE = 300;
    private static final int COUPON_ORDERS_PERMILLE = 200;
    private static final int SHARED_COUPONS_PERMILLE = 200;
    private static final int ORDERS_PER_SHARED_COUPON = 50;
    private static final int ONE_PIECE_PERMILLE = 700;
    private static final int TWO_PIECES_PERMILLE = 900;

    private final long seed;
    private final int orders;
    private final Catalogue catalogue;

    /** @param orders how many orders the run will place */
    public Market(long seed, int orders) {
        this.seed = seed;
        this.orders = orders;
        this.catalogue = new Catalogue(seed, orders);
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    /** The order with this number; every other one is a TCC. */
    public OrderRequest order(int index) {
        String requestId = Long.toUnsignedString(seed, Character.MAX_RADIX) + "-" + index;
        String couponId = couponOf(index, requestId);
        return new OrderRequest(requestId, buyer(requestId, couponId), sku(requestId), qty(requestId), couponId,
                mode(index));
    }

    /** An order that is bound to be rejected for want of money, under an id that no fault touches. */
    public OrderRequest hopelessOrder(int index) {
        return new OrderRequest(FaultPlan.UNDISTURBED + index, penniless(index), Catalogue.HOT_SKUS + 1, 1, null,
                mode(index));
    }

    /** An order for goods that nobody sells: the gateway refuses it by itself, and nobody else hears of it. */
    public OrderRequest impossibleOrder(int index) {
        return new OrderRequest(FaultPlan.UNDISTURBED + "impossible-" + index, penniless(0), Long.MAX_VALUE, 1, null,
                mode(index));
    }

    static long penniless(int index) {
        return FIRST_PENNILESS + index;
    }

    /** Every coupon of the run with the user who owns it. */
    TreeMap<String, Long> couponOwners() {
        TreeMap<String, Long> owners = new TreeMap<>();
        for (int i = 0; i < orders; i++) {
            OrderRequest order = order(i);
            String couponId = order.couponId();
            if (couponId != null) {
                owners.put(couponId, order.userId());
            }
        }
        return owners;
    }

    private static OrderMode mode(int index) {
        return index % 2 == 0 ? OrderMode.TCC : OrderMode.SAGA;
    }

    private @Nullable String couponOf(int index, String requestId) {
        if (permille(requestId, "coupon") >= COUPON_ORDERS_PERMILLE) {
            return null;
        }
        return permille(requestId, "shared coupon") < SHARED_COUPONS_PERMILLE
                ? "shared-" + index / ORDERS_PER_SHARED_COUPON
                : "coupon-" + index;
    }

    /** With a coupon, its owner buys. */
    private long buyer(String requestId, @Nullable String couponId) {
        String chosenBy = couponId == null ? requestId : couponId;
        return permille(chosenBy, "poor") < POOR_ORDERS_PERMILLE
                ? FIRST_POOR + pick(POOR_USERS, chosenBy, "user")
                : 1 + pick(RICH_USERS, chosenBy, "user");
    }

    private long sku(String requestId) {
        return permille(requestId, "hot") < HOT_ORDERS_PERMILLE
                ? 1 + pick(Catalogue.HOT_SKUS, requestId, "sku")
                : 1 + Catalogue.HOT_SKUS + pick(Catalogue.COLD_SKUS, requestId, "sku");
    }

    private int qty(String requestId) {
        int drawn = permille(requestId, "qty");
        return drawn < ONE_PIECE_PERMILLE ? 1 : drawn < TWO_PIECES_PERMILLE ? 2 : 3;
    }

    private int permille(String id, String what) {
        return SeededHash.permille(seed, id, what);
    }

    private long pick(int bound, String id, String what) {
        return Long.remainderUnsigned(SeededHash.of(seed, id, what), bound);
    }
}
