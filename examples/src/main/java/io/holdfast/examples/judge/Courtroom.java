package io.holdfast.examples.judge;

import io.holdfast.examples.journal.Journal;
import io.holdfast.examples.participant.MallService;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.stock.RedisStock;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Copies of all the evidence side by side in temporary tables of one PostgreSQL connection, whatever databases it came from.
 * For one thread.
 */
final class Courtroom implements AutoCloseable {
    private static final int BATCH_ROWS = 500;

    private static final String TABLES = """
            CREATE TEMPORARY TABLE journal (request_id text, first_told text, last_told text, reason text, user_id bigint,
              merchant_id text, sku_id bigint, qty bigint, amount_cent bigint, coupon_id text);
            CREATE TEMPORARY TABLE orders (request_id text, gid text, user_id bigint, sku_id bigint, qty bigint,
              amount_cent bigint, coupon_id text, status text);
            CREATE TEMPORARY TABLE order_effect (gid text, branch_id text, op text);
            CREATE TEMPORARY TABLE account (account_id text, kind text, initial_cent bigint, available_cent bigint,
              frozen_cent bigint);
            CREATE TEMPORARY TABLE ledger (gid text, branch_id text, op text, account_id text, d_available bigint,
              d_frozen bigint);
            CREATE TEMPORARY TABLE sku (sku_id bigint, hot boolean, initial_qty bigint, available bigint, frozen bigint, sold bigint);
            CREATE TEMPORARY TABLE reservation (gid text, branch_id text, state text);
            CREATE TEMPORARY TABLE stock_effect (gid text, branch_id text, op text, sku_id bigint, d_available bigint,
              d_frozen bigint, d_sold bigint);
            CREATE TEMPORARY TABLE coupon (coupon_id text, user_id bigint, state text, gid text);
            CREATE TEMPORARY TABLE coupon_effect (gid text, branch_id text, op text)""";

    private final Connection connection;

    private Courtroom(Connection connection) {
        this.connection = connection;
    }

    /**
     * Gathers all evidence.
     *
     * @throws IOException  if the journal is missing or damaged
     * @throws SQLException if a database does not answer
     */
    static Courtroom gather(Evidence evidence) throws IOException, SQLException {
        Courtroom room = new Courtroom(DriverManager.getConnection(evidence.stockUrl()));
        try {
            room.connection.setAutoCommit(false);
            try (Statement statement = room.connection.createStatement()) {
                statement.execute(TABLES);
            }
            room.loadJournal(Journal.read(evidence.journal()));
            for (MallService service : MallService.values()) {
                room.load(service, evidence.url(service));
            }
            if (evidence.redisPort() != null) {
                try (RedisStock redis = RedisStock.connect(evidence.redisPort())) {
                    new HotGoods(room.connection, redis).load();
                }
            }
            return room;
        } catch (Throwable e) {
            room.close();
            throw e;
        }
    }

    /** The one number that a query gives. */
    long number(String query) throws SQLException {
        return numbers(query)[0];
    }

    /** The numbers in the one row that a query gives. */
    long[] numbers(String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            long[] numbers = new long[row.getMetaData().getColumnCount()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = row.getLong(i + 1);
            }
            return numbers;
        }
    }

    /** The rows of a query for names and numbers. */
    Map<String, Long> counts(String query) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                counts.put(row.getString(1), row.getLong(2));
            }
        }
        return counts;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void load(MallService service, String url) throws SQLException {
        try (Connection source = DriverManager.getConnection(url)) {
            switch (service) {
                case ORDER -> {
                    copy(source,
                            "SELECT request_id, gid, user_id, sku_id, qty, amount_cent, coupon_id, status FROM orders",
                            "orders");
                    copy(source, "SELECT gid, branch_id, op FROM effect_log", "order_effect");
                }
                case PAY -> {
                    copy(source, "SELECT account_id, kind, initial_cent, available_cent, frozen_cent FROM account",
                            "account");
                    copy(source, "SELECT gid, branch_id, op, account_id, d_available, d_frozen FROM ledger", "ledger");
                }
                case STOCK -> {
                    copy(source, "SELECT sku_id, hot, initial_qty, available, frozen, sold FROM stock.sku", "sku");
                    copy(source, "SELECT gid, branch_id, state FROM stock.reservation", "reservation");
                    copy(source,
                            "SELECT gid, branch_id, op, sku_id, d_available, d_frozen, d_sold FROM stock.effect_log",
                            "stock_effect");
                }
                case COUPON -> {
                    copy(source, "SELECT coupon_id, user_id, state, gid FROM coupon.coupon", "coupon");
                    copy(source, "SELECT gid, branch_id, op FROM coupon.effect_log", "coupon_effect");
                }
            }
        }
    }

    private void copy(Connection source, String query, String table) throws SQLException {
        try (Statement select = source.createStatement(); ResultSet rows = select.executeQuery(query)) {
            int columns = rows.getMetaData().getColumnCount();
            try (PreparedStatement insert = insertInto(table, columns)) {
                int count = 0;
                while (rows.next()) {
                    for (int i = 1; i <= columns; i++) {
                        // Whole numbers, texts and truths are all there is, and either database has kinds of its own for them.
                        Object value = rows.getObject(i);
                        insert.setObject(i, value instanceof Number number ? (Object) number.longValue() : value);
                    }
                    count = addToBatch(insert, count);
                }
                insert.executeBatch();
            }
        }
    }

    private void loadJournal(Journal journal) throws SQLException {
        try (PreparedStatement insert = insertInto("journal", 10)) {
            int rows = 0;
            for (Journal.Entry entry : journal.entries()) {
                OrderTicket asked = entry.asked();
                insert.setString(1, asked.requestId());
                insert.setString(2, entry.first().name());
                insert.setString(3, entry.last().name());
                insert.setString(4, entry.reason());
                insert.setLong(5, asked.userId());
                insert.setString(6, asked.merchantId());
                insert.setLong(7, asked.skuId());
                insert.setLong(8, asked.qty());
                insert.setLong(9, asked.amountCent());
                insert.setString(10, asked.couponId());
                rows = addToBatch(insert, rows);
            }
            insert.executeBatch();
        }
    }

    private PreparedStatement insertInto(String table, int columns) throws SQLException {
        return connection.prepareStatement(
                "INSERT INTO pg_temp." + table + " VALUES (" + String.join(", ", Collections.nCopies(columns, "?"))
                        + ")");
    }

    private static int addToBatch(PreparedStatement insert, int rowsBefore) throws SQLException {
        insert.addBatch();
        if ((rowsBefore + 1) % BATCH_ROWS == 0) {
            insert.executeBatch();
        }
        return rowsBefore + 1;
    }
}
