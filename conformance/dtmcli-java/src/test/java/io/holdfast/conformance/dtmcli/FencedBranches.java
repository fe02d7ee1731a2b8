package io.holdfast.conformance.dtmcli;

import io.holdfast.fence.BranchCall;
import io.holdfast.fence.Dialect;
import io.holdfast.fence.FenceResult;
import io.holdfast.fence.JdbcFence;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Branches behind our own fence on PostgreSQL. */
final class FencedBranches implements BranchGuard {

    private final DataSource database;
    private final JdbcFence fence = JdbcFence.on(Dialect.POSTGRESQL);

    FencedBranches(DataSource database) throws SQLException {
        this.database = database;
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
            for (String sql : fence.createTableSql()) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public Answer call(String rawQuery, Business business) throws SQLException, Accounts.RejectedException {
        BranchCall call = BranchCall.fromQuery(rawQuery);
        FenceResult result = fence.inTransaction(database, call,
                connection -> business.run(connection, call.operation()));
        return new Answer(result.httpStatus(), result.body());
    }
}
