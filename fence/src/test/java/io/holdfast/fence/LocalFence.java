package io.holdfast.fence;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A fence whose row joins the caller's transaction. */
interface LocalFence {

    /** The business says no; whoever began the transaction rolls it back. */
    final class Rejected extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** Creates its table if there is none. */
    void createTable(Connection connection) throws SQLException;

    /** Decides a call and runs the business if it is to run; the caller commits or rolls back. */
    FenceResult run(Connection connection, BranchCall call, Work<Rejected> business) throws SQLException, Rejected;

    /** That of the library. */
    static LocalFence library(Dialect dialect) {
        JdbcFence fence = JdbcFence.on(dialect);
        return new LocalFence() {
            @Override
            public void createTable(Connection connection) throws SQLException {
                try (Statement statement = connection.createStatement()) {
                    for (String sql : fence.createTableSql()) {
                        statement.execute(sql);
                    }
                }
            }

            @Override
            public FenceResult run(Connection connection, BranchCall call, Work<Rejected> business)
                    throws SQLException, Rejected {
                return fence.guard(connection, call, business);
            }
        };
    }
}
