package io.holdfast.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements in PostgreSQL's words.
 * <p>
 * The upsert waits for a transaction that holds the same key. At REPEATABLE READ and above it fails with 40001 if that
 * transaction committed after ours took its snapshot: nothing was decided, and the same call in a new transaction is.
 */
final class PostgresFenceTable extends FenceTable {
    private final String table;
    private final String insertSql;
    private final String createIndexSql;

    PostgresFenceTable(String table) {
        super(table);
        this.table = table;
        String unqualified = table.substring(table.indexOf('.') + 1);
        insertSql = "insert into " + table + " as f " + COLUMNS + " values (?, ?, ?, 0, ?)"
                + " on conflict (gid, branch_id) do update set met = f.met + 1 returning met, state";
        createIndexSql = "create index if not exists " + unqualified + "_by_age on " + table
                + " (state, changed_at_millis)";
    }

    @Override
    List<String> createSql() {
        return List.of("""
                create table if not exists %s (
                  gid varchar(128) not null,
                  branch_id varchar(128) not null,
                  state varchar(16) not null,
                  met integer not null,
                  changed_at_millis bigint not null,
                  primary key (gid, branch_id)
                )""".formatted(table), createIndexSql);
    }

    @Override
    List<String> statements() {
        return List.of(insertSql, lockSql, updateSql, expiredSql, deleteSql);
    }

    @Override
    @Nullable
    BranchState insertOrLock(Connection connection, BranchCall call, BranchState opening, long nowMillis)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(insertSql)) {
            bindRow(insert, call, opening, nowMillis);
            try (ResultSet row = insert.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("the upsert answered no row for " + call);
                }
                return row.getInt(1) == 0 ? null : BranchState.ofColumn(row.getString(2));
            }
        }
    }

    @Override
    @Nullable
    BranchState lockIfPresent(Connection connection, BranchCall call) throws SQLException {
        // PostgreSQL has no gap locks: on a missing row this locks nothing.
        return state(connection, lockSql, call);
    }
}
