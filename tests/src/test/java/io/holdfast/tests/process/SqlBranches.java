package io.holdfast.tests.process;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.holdfast.api.Operation;
import io.holdfast.fence.BranchCall;
import io.holdfast.fence.Dialect;
import io.holdfast.fence.JdbcFence;
import io.holdfast.tests.process.Participant.Behaviour;
import io.holdfast.tests.process.Participant.Call;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A participant with a fence in a real database: each effect is a row. It takes its time. Thread-safe. */
final class SqlBranches implements Behaviour, AutoCloseable {

    private static final int BROKEN = 500;
    private static final int CONNECTIONS = 8;

    private final HikariDataSource pool;
    private final JdbcFence fence = JdbcFence.on(Dialect.POSTGRESQL);
    private final long millis;
    private final AtomicInteger arrived = new AtomicInteger();

    SqlBranches(String url, long millis) throws SQLException {
        this.millis = millis;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            for (String sql : fence.createTableSql()) {
                statement.execute(sql);
            }
            statement.execute("create table effects (gid text not null, branch_id text not null, op text not null)");
        }
    }

    /** Calls that have come. */
    int arrived() {
        return arrived.get();
    }

    /** Try. */
    void attempt(String gid, String branchId) throws SQLException {
        guarded(new BranchCall(gid, branchId, Operation.TRY));
    }

    @Override
    public int answer(Call call) throws InterruptedException {
        arrived.incrementAndGet();
        Eventually.pass(millis);
        try {
            return guarded(new BranchCall(call.gid(), call.branchId(),
                    Operation.valueOf(call.op().toUpperCase(Locale.ROOT))));
        } catch (SQLException e) {
            return BROKEN;
        }
    }

    private int guarded(BranchCall call) throws SQLException {
        return fence.inTransaction(pool, call, connection -> {
            try (PreparedStatement insert = connection.prepareStatement("insert into effects values (?, ?, ?)")) {
                insert.setString(1, call.gid());
                insert.setString(2, call.branchId());
                insert.setString(3, call.operation().wireName());
                insert.executeUpdate();
            }
        }).httpStatus();
    }

    /** The answer of a query of one number. */
    long count(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
