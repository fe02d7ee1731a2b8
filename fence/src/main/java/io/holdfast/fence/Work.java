package io.holdfast.fence;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The business of one branch operation, run by the fence at most once in effect.
 *
 * @param <X> what the business may throw besides {@link SQLException}, for example its own "rejected"
 */
@FunctionalInterface
public interface Work<X extends Exception> {
    /**
     * Does the business on the connection that carries the fence row. It must neither commit nor roll back, nor carry on
     * after a statement that made the database roll back by itself, such as a deadlock.
     *
     * @param connection
     *            the caller's connection, in its open transaction
     * @throws SQLException
     *             the fence forgets the call and passes it on
     * @throws X
     *             the fence forgets the call and passes it on
     */
    void run(Connection connection) throws SQLException, X;
}
