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
final class BranchFence {
    private final JdbcFence fence;
    private final DataSource dataSource;

    BranchFence(DataSource dataSource, Dialect dialect) {
        this.fence = JdbcFence.on(dialect);
        this.dataSource = dataSource;
    }

    /** Creates the table of the fence. */
    void createTable() throws SQLException {
        try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
            for (String sql : fence.createTableSql()) {
                statement.execute(sql);
            }
        }
    }

    /** Takes effect in one local transaction, or finds that it must not. */
    Answer run(Delivery delivery, Route route) {
        try {
            return route.fenced() ? runFenced(delivery, route.effect()) : runUnfenced(delivery, route.effect());
        } catch (RejectedException e) {
            return new Answer.Failure(e.reason());
        } catch (SQLException | RuntimeException e) {
            return new Answer.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private Answer runFenced(Delivery delivery, LocalEffect effect) throws SQLException, RejectedException {
        BranchCall call = new BranchCall(delivery.gid(), delivery.branchId(), delivery.operation());
        FenceResult result = fence.<RejectedException>inTransaction(dataSource, call,
                connection -> effect.apply(connection, delivery));
        return switch (result) {
            case RAN -> new Answer.Success("done");
            case ALREADY_DONE -> new Answer.Success("already done");
            case EMPTY -> new Answer.Success("nothing to undo");
            case REFUSED -> new Answer.Failure("refused_after_cancel");
            case NOT_TRIED -> new Answer.Unknown("confirm without a try");
            case CONFLICT -> new Answer.Unknown("decided the other way before");
        };
    }

    private Answer runUnfenced(Delivery delivery, LocalEffect effect) throws SQLException, RejectedException {
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
        return new Answer.Success("done");
    }
}
