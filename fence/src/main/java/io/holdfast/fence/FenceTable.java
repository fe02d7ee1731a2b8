package io.holdfast.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements on one fence table; immutable.
 * <p>
 * Every decision rests on a write or a lock of the row itself, never on a plain read, so that it holds at every isolation
 * level: the insert either creates the row or waits for whoever is creating it and then holds it. No statement ever locks
 * a row that may be missing, because InnoDB would lock the gap instead, and two such transactions that then insert
 * deadlock.
 */
abstract sealed class FenceTable permits PostgresFenceTable, MariaDbFenceTable {
    static final String COLUMNS = "(gid, branch_id, state, met, changed_at_millis)";
    private static final String KEY = " where gid = ? and branch_id = ?";

    final String lockSql;
    final String updateSql;
    final String expiredSql;
    final String deleteSql;

    FenceTable(String table) {
        updateSql = "update " + table + " set state = ?, changed_at_millis = ?" + KEY;
        lockSql = "select state from " + table + KEY + " for update";
        expiredSql = "select gid, branch_id from " + table
                + " where state = ? and changed_at_millis < ? order by changed_at_millis limit ?";
        deleteSql = "delete from " + table + KEY + " and state = ? and changed_at_millis < ?";
    }

    static FenceTable of(Dialect dialect, String table) {
        return switch (dialect) {
            case POSTGRESQL -> new PostgresFenceTable(table);
            case MARIADB -> new MariaDbFenceTable(table);
        };
    }

    abstract List<String> createSql();

    /** Every statement but those of {@link #createSql}, as the documentation prints them. */
    abstract List<String> statements();

    /**
     * Inserts the row of a branch; waits for a transaction that is inserting or changing the same one.
     *
     * @return null if it was inserted, else the state of the row that was met, now locked
     */
    abstract @Nullable BranchState insertOrLock(Connection connection, BranchCall call, BranchState opening,
            long nowMillis)
            throws SQLException;

    /**
     * Locks the row of a branch without creating one.
     *
     * @return its state, null if there is none
     */
    abstract @Nullable BranchState lockIfPresent(Connection connection, BranchCall call) throws SQLException;

    /** Changes a row that this transaction has locked. */
    final void update(Connection connection, BranchCall call, BranchState next, long nowMillis) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(updateSql)) {
            update.setString(1, next.column());
            update.setLong(2, nowMillis);
            update.setString(3, call.gid());
            update.setString(4, call.branchId());
            int rows = update.executeUpdate();
            if (rows != 1) {
                throw new IllegalStateException("update of the locked fence row changed rows=" + rows + " of " + call);
            }
        }
    }

    /** Deletes up to {@code limit} rows in one state, each by its key: a range delete would lock the range. */
    final int delete(Connection connection, BranchState state, long beforeMillis, int limit) throws SQLException {
        List<RowKey> expired = expired(connection, state, beforeMillis, limit);
        if (expired.isEmpty()) {
            return 0;
        }
        // One order for all sweepers, so that two of them wait for each other instead of deadlocking.
        expired.sort(null);
        try (PreparedStatement delete = connection.prepareStatement(deleteSql)) {
            for (RowKey key : expired) {
                delete.setString(1, key.gid);
                delete.setString(2, key.branchId);
                delete.setString(3, state.column());
                delete.setLong(4, beforeMillis);
                delete.addBatch();
            }
            int deleted = 0;
            for (int rows : delete.executeBatch()) {
                // Drivers that send the batch in bulk do not count it; counting nothing would end the caller's loop.
                deleted += rows == Statement.SUCCESS_NO_INFO ? 1 : rows;
            }
            return deleted;
        }
    }

    private List<RowKey> expired(Connection connection, BranchState state, long beforeMillis, int limit)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(expiredSql)) {
            select.setString(1, state.column());
            select.setLong(2, beforeMillis);
            select.setInt(3, limit);
            List<RowKey> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(new RowKey(rows.getString(1), rows.getString(2)));
                }
            }
            return keys;
        }
    }

    /** Runs {@link #lockSql}, or another statement that answers the state of one branch. */
    static @Nullable BranchState state(Connection connection, String sql, BranchCall call) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, call.gid());
            select.setString(2, call.branchId());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? BranchState.ofColumn(row.getString(1)) : null;
            }
        }
    }

    static void bindRow(PreparedStatement insert, BranchCall call, BranchState opening, long nowMillis)
            throws SQLException {
        insert.setString(1, call.gid());
        insert.setString(2, call.branchId());
        insert.setString(3, opening.column());
        insert.setLong(4, nowMillis);
    }

    private record RowKey(String gid, String branchId) implements Comparable<RowKey> {
        @Override
        public int compareTo(RowKey other) {
            int byGid = gid.compareTo(other.gid);
            return byGid != 0 ? byGid : branchId.compareTo(other.branchId);
        }
    }
}
