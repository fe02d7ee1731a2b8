package io.holdfast.examples.participant;

import io.holdfast.fence.FenceResult;
import java.sql.SQLException;

/** Where a participant keeps what its calls take effect on, behind a fence. Implementations are thread-safe. */
@FunctionalInterface
public interface FencedStore {
    /**
     * Takes effect and remembers it in one step, or finds that it must not.
     *
     * @throws RejectedException if business rules forbid it; nothing has changed
     * @throws SQLException      if nobody knows whether anything has changed
     */
    FenceResult deliver(Delivery delivery, Route route) throws SQLException, RejectedException;
}
