package io.holdfast.examples.participant;

import io.holdfast.fence.BranchCall;
import io.holdfast.fence.Dialect;
import io.holdfast.fence.FenceResult;
import io.holdfast.fence.JdbcFence;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Runs the business behind Holdfast's fence: the fence's row, the effect and its own rows share one local
 * transaction. Thread-safe.
 */
final class BranchFence implements FencedStore {
    private final JdbcFence fence;
    private final DataSource dataSource;

    private BranchFence(DataSource dataSource, Dialect dialect) {
        this.fence = JdbcFence.on(dialect);
        this.dataSource = dataSource;
    }

    /** A fence in the participant's own database, with its table created. */
    static BranchFence in(DataSource dataSource, Dialect dialect) throws SQLException {
        BranchFence created = new BranchFence(dataSource, dialect);
        created.createTable();
        return created;
    }

    private void createTable() throws SQLException {
        try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
            for (String sql : fence.createTableSql()) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public FenceResult deliver(Delivery delivery, Route route) throws SQLException, RejectedException {
        return route.fenced() ? runFenced(delivery, route.effect()) : runUnfenced(delivery, route.effect());
    }

    private FenceResult runFenced(Delivery delivery, LocalEffect effect) throws SQLException, RejectedException {
        BranchCall call = new BranchCall(delivery.gid(), delivery.branchId(), delivery.operation());
        return fence.<RejectedException>inTransaction(dataSource, call,
                connection -> effect.apply(connection, delivery));
    }

    private FenceResult runUnfenced(Delivery delivery, LocalEffect effect) throws SQLException, RejectedException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                effect.apply(connection, delivery);
                connection.commit();
            } catch (Throwable e) {
                connection.rollback();
                throw e;
            }
        }
        return FenceResult.RAN;
    }
}
