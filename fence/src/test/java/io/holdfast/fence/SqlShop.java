package io.holdfast.fence;

import io.holdfast.api.Operation;
import io.holdfast.testkit.fence.FenceVectors;
import io.holdfast.testkit.fence.FenceVectors.Call;
import io.holdfast.testkit.fence.FenceVectors.Stock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The article in a table, with a row for each effect. Nothing but the fence keeps an effect from coming twice. Connections are
 * kept until the JVM ends.
 */
final class SqlShop implements Shop {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int REJECTED_STATUS = 409;

    private final Variant variant;
    private final LocalFence fence;
    /** In auto-commit mode, outside any transaction. */
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();

    SqlShop(Variant variant, LocalFence fence) throws SQLException {
        this.variant = variant;
        this.fence = fence;
        use(connection -> {
            try (Statement statement = connection.createStatement()) {
                fence.createTable(connection);
                statement.execute("create table if not exists vector_stock"
                        + " (free bigint not null, held bigint not null, sold bigint not null)");
                statement.execute("create table if not exists vector_effect (op varchar(16) not null)");
            }
            return true;
        });
    }

    private interface Use<T> {
        T with(Connection connection) throws SQLException;
    }

    /** A connection that has failed is not used again. */
    private <T> T use(Use<T> use) throws SQLException {
        Connection kept = idle.poll();
        Connection connection = kept == null ? variant.open() : kept;
        try {
            T result = use.with(connection);
            idle.add(connection);
            return result;
        } catch (Throwable e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void fill(Stock stock) throws SQLException {
        use(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("delete from vector_effect");
                statement.execute("delete from vector_stock");
                return statement.execute("insert into vector_stock values (" + stock.free() + ", " + stock.held() + ", "
                        + stock.sold() + ")");
            }
        });
    }

    @Override
    public Answer deliver(String gid, Call call) throws SQLException {
        Operation operation = Operation.valueOf(call.op().toUpperCase(Locale.ROOT));
        BranchCall branchCall = new BranchCall(gid, call.branchId(), operation);
        long deadline = System.nanoTime() + RETRY_NANOS;
        while (true) {
            try {
                return use(connection -> once(connection, branchCall, call.pieces()));
            } catch (SQLException e) {
                if (!JdbcFence.isRetryable(e) || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    private Answer once(Connection connection, BranchCall call, int pieces) throws SQLException {
        connection.setAutoCommit(false);
        try {
            FenceResult result = fence.run(connection, call, same -> move(same, call.operation(), pieces));
            connection.commit();
            return new Answer(result.name(), result.httpStatus());
        } catch (LocalFence.Rejected e) {
            connection.rollback();
            return new Answer(FenceVectors.REJECTED, REJECTED_STATUS);
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static void move(Connection connection, Operation operation, int pieces)
            throws SQLException, LocalFence.Rejected {
        String[] move = switch (operation) {
            case TRY -> new String[]{"free", "held"};
            case CONFIRM -> new String[]{"held", "sold"};
            case CANCEL -> new String[]{"held", "free"};
            case ACTION -> new String[]{"free", "sold"};
            case COMPENSATE -> new String[]{"sold", "free"};
        };
        String sql = String.format("update vector_stock set %1$s = %1$s - ?, %2$s = %2$s + ? where %1$s >= ?", move[0],
                move[1]);
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 1; i <= 3; i++) {
                update.setInt(i, pieces);
            }
            if (update.executeUpdate() == 0) {
                throw new LocalFence.Rejected();
            }
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into vector_effect values (?)")) {
            insert.setString(1, operation.wireName());
            insert.executeUpdate();
        }
    }

    @Override
    public Stock stock() throws SQLException {
        return read("select free, held, sold from vector_stock",
                row -> new Stock(row.getLong(1), row.getLong(2), row.getLong(3)));
    }

    @Override
    public int effects() throws SQLException {
        return read("select count(*) from vector_effect", row -> row.getInt(1));
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> T read(String sql, Row<T> row) throws SQLException {
        return use(connection -> {
            try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return row.read(rows);
            }
        });
    }
}
