package io.holdfast.fence;

import io.holdfast.api.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a coordinator and the business of a branch, and lets each operation take effect at most once and in a legal
 * order: repeated calls are answered without running again, Cancel (or Compensate) of a branch that never ran is a remembered
 * success, and a Try (or Action) that arrives after it is refused.
 * <p>
 * Its memory is one row per branch in a table beside the business tables. The row is written through the caller's connection
 * in the caller's transaction, so the two become final together or not at all; {@link #guard} never commits or rolls back.
 * <p>
 * Errors: a {@link SQLException} means that nothing was decided. Roll back and answer 500, or run the transaction again
 * where {@link #isRetryable} says that waiting for another one was all that went wrong. Immutable and safe for all threads;
 * a connection, as ever, belongs to one.
 */
public final class JdbcFence {

    /** The table used unless another is named. */
    public static final String DEFAULT_TABLE = "holdfast_fence";
    /** Most rows that one call of {@link #deleteOlderThan} deletes: what a transaction may lock without stalling others. */
    public static final int MAX_DELETE_ROWS = 10_000;

    // 48 characters leave room for "_by_age" in the 63 that PostgreSQL keeps of an index name.
    private static final Pattern TABLE_NAME = Pattern.compile("([a-z_][a-z0-9_]{0,47}\\.)?[a-z_][a-z0-9_]{0,47}");
    /** Each attempt ends with at least one other transaction done, so that a handful suffices for as many duplicates. */
    private static final int MAX_ATTEMPTS = 5;
    private static final String NO_SUCH_SAVEPOINT_STATE = "3B001";
    private static final String NO_TRANSACTION_STATE = "25P01";
    private static final int NO_SUCH_SAVEPOINT_CODE = 1305;
    private static final int RECORD_CHANGED_CODE = 1020;
    private static final int LOCK_WAIT_TIMEOUT_CODE = 1205;

    private final FenceTable table;
    private final InstantSource clock;

    JdbcFence(FenceTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    /** The fence over {@link #DEFAULT_TABLE}. */
    public static JdbcFence on(Dialect dialect) {
        return on(dialect, DEFAULT_TABLE);
    }

    /**
     * The fence over a table of the given name.
     *
     * @param table
     *            lower-case letters, digits and underscores, at most 48, optionally after a schema name and a dot
     * @throws IllegalArgumentException
     *             if the name is anything else: it becomes part of the statements
     */
    public static JdbcFence on(Dialect dialect, String table) {
        if (!TABLE_NAME.matcher(table).matches()) {
            throw new IllegalArgumentException("table \"" + table
                    + "\" is not a name the fence puts into SQL; allowed: [a-z_][a-z0-9_]*, at most 48 characters, optionally schema.table");
        }
        return new JdbcFence(FenceTable.of(dialect, table), InstantSource.system());
    }

    /** The statements that create the table and its index if they do not exist, to be executed one by one in this order. */
    public List<String> createTableSql() {
        return table.createSql();
    }

    /**
     * Decides one call, and runs its business if it is the call that has to.
     * <p>
     * The first fence statement waits while another transaction works on the same branch, so call it first in the transaction.
     * If the business throws, the fence goes back to its savepoint: the call is forgotten and what the business wrote is undone,
     * even if the caller commits. Nothing is final before the caller commits, and nothing may be answered before that.
     *
     * @param connection
     *            not in auto-commit mode; any isolation level
     * @param call
     *            what was asked for
     * @param work
     *            run at most once, only for {@link FenceResult#RAN}
     * @return what became of it; answer {@link FenceResult#httpStatus()} once the transaction is committed
     * @throws SQLException
     *             nothing was decided; roll back
     * @throws X
     *             from the business
     * @throws IllegalStateException
     *             if the connection is in auto-commit mode, or if the business ended the transaction that it was given
     */
    public <X extends Exception> FenceResult guard(Connection connection, BranchCall call, Work<X> work)
            throws SQLException, X {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "the connection is in auto-commit mode: the fence row would become final before the"
                            + " business. Call setAutoCommit(false) and commit after guard, or use inTransaction");
        }
        Savepoint before = connection.setSavepoint();
        FenceResult result = decide(connection, call);
        if (result == FenceResult.RAN) {
            run(connection, work, before);
        }
        release(connection, call, before);
        return result;
    }

    /**
     * Takes a connection, guards the call in a transaction of its own and commits; rolls back if anything is thrown.
     * <p>
     * Where another transaction is in the way before the business has begun, it starts over, a few times: nothing has happened
     * yet. Once the business has begun it is never run a second time here.
     *
     * @return as {@link #guard}, and final
     * @throws SQLException
     *             nothing was decided, unless the commit itself was cut off: then the outcome is unknown, and the same call
     *             again tells it
     * @throws X
     *             from the business; nothing is remembered
     */
    public <X extends Exception> FenceResult inTransaction(DataSource dataSource, BranchCall call, Work<X> work)
            throws SQLException, X {
        AtomicBoolean begun = new AtomicBoolean();
        Work<X> marking = connection -> {
            begun.set(true);
            work.run(connection);
        };
        for (int attempt = 1;; attempt++) {
            try (Connection connection = dataSource.getConnection()) {
                return commitGuarded(connection, call, marking);
            } catch (SQLException e) {
                if (begun.get() || attempt == MAX_ATTEMPTS || !isRetryable(e)) {
                    throw e;
                }
            }
        }
    }

    private <X extends Exception> FenceResult commitGuarded(Connection connection, BranchCall call, Work<X> work)
            throws SQLException, X {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        FenceResult result;
        try {
            result = guard(connection, call, work);
            connection.commit();
        } catch (Throwable e) {
            undo(e, connection::rollback);
            undo(e, () -> connection.setAutoCommit(autoCommit));
            throw e;
        }
        connection.setAutoCommit(autoCommit);
        return result;
    }

    /**
     * Forgets branches that were confirmed, cancelled or compensated (also empty) before an instant. Branches that were tried
     * and not decided, and Saga actions, are kept whatever their age.
     * <p>
     * What is forgotten no longer refuses a late Try: the age must exceed the longest time that a request can be under way,
     * retries of the caller included. Call it again while it answers {@code limit}. It commits nothing, and works in auto-commit
     * mode as well.
     *
     * @param limit
     *            1 to {@link #MAX_DELETE_ROWS}
     * @return the number of rows deleted
     */
    public int deleteOlderThan(Connection connection, Instant instant, int limit) throws SQLException {
        checkLimit(limit);
        int deleted = 0;
        for (BranchState state : BranchState.values()) {
            if (state.isFinished() && deleted < limit) {
                deleted += table.delete(connection, state, instant.toEpochMilli(), limit - deleted);
            }
        }
        return deleted;
    }

    /**
     * Forgets Saga actions that ran before an instant. A participant is not told that a Saga succeeded, so this is the caller's
     * promise that no Saga older than that is unfinished: a Compensate that comes after all would find nothing to undo and leave
     * the effect in place.
     *
     * @param limit
     *            1 to {@link #MAX_DELETE_ROWS}
     * @return the number of rows deleted
     */
    public int deleteSagaActionsOlderThan(Connection connection, Instant instant, int limit) throws SQLException {
        checkLimit(limit);
        return table.delete(connection, BranchState.ACTED, instant.toEpochMilli(), limit);
    }

    /**
     * Whether an error says only that another transaction was in the way (serialization failure, deadlock, lock wait): the whole
     * transaction may be rolled back and run again.
     */
    public static boolean isRetryable(SQLException error) {
        String state = error.getSQLState();
        return state != null && state.startsWith("40") || error.getErrorCode() == RECORD_CHANGED_CODE
                || error.getErrorCode() == LOCK_WAIT_TIMEOUT_CODE;
    }

    private FenceResult decide(Connection connection, BranchCall call) throws SQLException {
        Operation operation = call.operation();
        @Nullable
        BranchState opening = Transition.of(operation, null).next();
        @Nullable
        BranchState found = opening == null
                ? table.lockIfPresent(connection, call)
                : table.insertOrLock(connection, call, opening, clock.millis());
        Transition transition = Transition.of(operation, found);
        BranchState next = transition.next();
        if (found != null && next != null && next != found) {
            table.update(connection, call, next, clock.millis());
        }
        return transition.result();
    }

    private static <X extends Exception> void run(Connection connection, Work<X> work, Savepoint before)
            throws SQLException, X {
        try {
            work.run(connection);
        } catch (Throwable e) {
            undo(e, () -> connection.rollback(before));
            throw e;
        }
    }

    /** A savepoint that is gone means that the fence row may be gone, or final too early: the caller must not commit. */
    private static void release(Connection connection, BranchCall call, Savepoint before) throws SQLException {
        try {
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            if (NO_SUCH_SAVEPOINT_STATE.equals(e.getSQLState()) || NO_TRANSACTION_STATE.equals(e.getSQLState())
                    || e.getErrorCode() == NO_SUCH_SAVEPOINT_CODE) {
                throw new IllegalStateException("the business of " + call
                        + " ended the transaction that it was given: it committed,"
                        + " rolled back, or went on after an error on which the database rolls back. Roll back now", e);
            }
            throw e;
        }
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > MAX_DELETE_ROWS) {
            throw new IllegalArgumentException("limit=" + limit + "; allowed: 1 to " + MAX_DELETE_ROWS);
        }
    }

    private static void undo(Throwable cause, Undo undo) {
        try {
            undo.run();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private interface Undo {
        void run() throws SQLException;
    }
}
