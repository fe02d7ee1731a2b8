package io.holdfast.examples.participant;

import java.sql.Connection;
import java.sql.SQLException;

/** What a participant does in its own database: plain business code, without a thought for retries or races. */
@FunctionalInterface
public interface LocalEffect {
    /**
     * Takes effect.
     *
     * @param connection inside the fence's transaction, which is committed or rolled back by the fence
     * @throws RejectedException if business rules forbid it
     */
    void apply(Connection connection, Delivery delivery) throws SQLException, RejectedException;
}
