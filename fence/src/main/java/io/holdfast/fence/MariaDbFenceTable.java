package io.holdfast.fence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements in MariaDB's words.
 * <p>
 * {@code insert ignore} would take a shared lock on the row it meets, which two callers then cannot turn into an exclusive
 * one: they deadlock. {@code on duplicate key update} takes the exclusive lock at once, and on the primary key it locks
 * the row without the gap before it.
 */
final class MariaDbFenceTable extends FenceTable {
    /** Update count of an upsert that met a row and changed it; 1 is an insert, whatever the driver counts otherwise. */
    private static final int MET = 2;

    private final String table;
    private final String insertSql;
    private final String peekSql;

    MariaDbFenceTable(String table) {
        super(table);
        this.table = table;
        insertSql = "insert into " + table + " " + COLUMNS + " values (?, ?, ?, 0, ?)"
                + " on duplicate key update met = met + 1";
        peekSql = "select state from " + table + " where gid = ? and branch_id = ?";
    }

    @Override
    List<String> createSql() {
        String unqualified = table.substring(table.indexOf('.') + 1);
        return List.of("""
                create table if not exists %s (
                  gid varchar(128) not null,
                  branch_id varchar(128) not null,
                  state varchar(16) not null,
                  met integer not null,
                  changed_at_millis bigint not null,
                  primary key (gid, branch_id),
                  key %s_by_age (state, changed_at_millis)
                ) engine=InnoDB default character set utf8mb4 collate utf8mb4_bin""".formatted(table, unqualified));
    }

    @Override
    List<String> statements() {
        return List.of(insertSql, peekSql, lockSql, updateSql, expiredSql, deleteSql);
    }

    @Override
    @Nullable
    BranchState insertOrLock(Connection connection, BranchCall call, BranchState opening, long nowMillis)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(insertSql)) {
            bindRow(insert, call, opening, nowMillis);
            if (insert.executeUpdate() != MET) {
                return null;
            }
        }
        BranchState met = state(connection, lockSql, call);
        if (met == null) {
            throw new IllegalStateException("the row that the upsert met is gone for " + call);
        }
        return met;
    }

    @Override
    @Nullable
    BranchState lockIfPresent(Connection connection, BranchCall call) throws SQLException {
        // The plain read locks nothing where there is no row. One that it sees stays: by age only finished rows are
        // deleted. In a transaction that read something before the Try committed it may miss the row: an error, retried.
        return state(connection, peekSql, call) == null ? null : state(connection, lockSql, call);
    }
}
