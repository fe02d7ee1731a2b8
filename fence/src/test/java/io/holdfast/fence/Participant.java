package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Operation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A participant over a real database whose business writes one row per effect, without any key that could hide a second one. */
final class Participant {
    static final String TABLE = JdbcFence.DEFAULT_TABLE;
    private static final AtomicLong GIDS = new AtomicLong();
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Variant variant;
    private final AtomicInteger retries = new AtomicInteger();
    final JdbcFence fence;

    Participant(Variant variant) throws SQLException {
        this.variant = variant;
        fence = JdbcFence.on(variant.dialect());
        createTables();
    }

    private void createTables() throws SQLException {
        try (Connection connection = variant.open(); Statement statement = connection.createStatement()) {
            for (String sql : fence.createTableSql()) {
                statement.execute(sql);
            }
            statement.execute("create table if not exists effect (gid varchar(128) not null, op varchar(16) not null)");
        }
    }

    static String newGid() {
        return "g-" + GIDS.incrementAndGet();
    }

    static BranchCall call(String gid, Operation operation) {
        return new BranchCall(gid, "01", operation);
    }

    /** A connection with an open transaction. */
    Connection begin() throws SQLException {
        Connection connection = variant.open();
        connection.setAutoCommit(false);
        return connection;
    }

    /** One delivery of a call, as an HTTP handler does it; the coordinator delivers again where the database asks for it. */
    FenceResult deliver(BranchCall call) throws SQLException {
        long deadline = System.nanoTime() + RETRY_NANOS;
        while (true) {
            try (Connection connection = begin()) {
                FenceResult result = fence.guard(connection, call, effectOf(call));
                connection.commit();
                return result;
            } catch (SQLException e) {
                if (!JdbcFence.isRetryable(e) || System.nanoTime() > deadline) {
                    throw e;
                }
                retries.incrementAndGet();
            }
        }
    }

    FenceResult deliver(String gid, Operation operation) throws SQLException {
        return deliver(call(gid, operation));
    }

    static Work<SQLException> effectOf(BranchCall call) {
        return connection -> {
            try (PreparedStatement insert = connection.prepareStatement("insert into effect (gid, op) values (?, ?)")) {
                insert.setString(1, call.gid());
                insert.setString(2, call.operation().wireName());
                insert.executeUpdate();
            }
        };
    }

    /** The operations that took effect, in alphabetical order. */
    List<String> effects(String gid) throws SQLException {
        return strings("select op from effect where gid = ? order by op", gid);
    }

    /** The states of the branches of one transaction. */
    List<String> states(String gid) throws SQLException {
        return strings("select state from " + TABLE + " where gid = ? order by branch_id", gid);
    }

    private List<String> strings(String sql, String gid) throws SQLException {
        try (Connection connection = variant.open(); PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, gid);
            List<String> strings = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    strings.add(rows.getString(1));
                }
            }
            return strings;
        }
    }

    /** Nobody was told to run again, except where the isolation level promises it. */
    void assertRetriesAreAllowed() {
        if (!variant.mayAskToRetry()) {
            assertThat(retries.get()).as("deadlocks, serialization failures and lock time-outs at " + variant).isZero();
        }
    }
}
