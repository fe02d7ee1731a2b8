package io.holdfast.examples.stock;

import io.holdfast.api.Operation;
import io.holdfast.examples.participant.Delivery;
import io.holdfast.examples.participant.FencedStore;
import io.holdfast.examples.participant.RejectedException;
import io.holdfast.examples.participant.Route;
import io.holdfast.fence.FenceResult;
import java.sql.SQLException;
import java.util.Set;

/** Sends calls about hot goods to Redis and all others to the database. Thread-safe. */
final class HotAndColdStock implements FencedStore {
    private static final String REJECTED = "REJECTED";

    private final Set<Long> hotSkus;
    private final RedisStock hot;
    private final FencedStore cold;

    HotAndColdStock(Set<Long> hotSkus, RedisStock hot, FencedStore cold) {
        this.hotSkus = Set.copyOf(hotSkus);
        this.hot = hot;
        this.cold = cold;
    }

    @Override
    public FenceResult deliver(Delivery delivery, Route route) throws SQLException, RejectedException {
        return hotSkus.contains(delivery.ticket().skuId()) ? inRedis(delivery) : cold.deliver(delivery, route);
    }

    private FenceResult inRedis(Delivery delivery) throws RejectedException {
        String result = hot.run(delivery.operation(), delivery.ticket().skuId(), delivery.gid(), delivery.branchId(),
                delivery.ticket().qty());
        if (!result.equals(REJECTED)) {
            return FenceResult.valueOf(result);
        }
        if (delivery.operation() == Operation.TRY || delivery.operation() == Operation.ACTION) {
            throw new RejectedException("insufficient_stock");
        }
        throw new IllegalStateException("gid=" + delivery.gid() + " holds less than " + delivery.ticket().qty());
    }
}
