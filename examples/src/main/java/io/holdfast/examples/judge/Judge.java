package io.holdfast.examples.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.examples.journal.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Judges a finished run by SQL. The journal and sums of the ledger are copied into temporary tables beside the
 * orders, and each promise is one query over them.
 */
@Command(name = "judge", description = "Judges a finished run of the demo; exit code 1 if a promise was broken.")
public final class Judge implements Callable<Integer> {
    private static final int BATCH_ROWS = 500;

    private static final String TEMPORARY_TABLES = """
            CREATE TEMPORARY TABLE journal (request_id text, gid text, first_told text, last_told text, reason text);
            CREATE TEMPORARY TABLE movement (gid text, account_id text, kind text, net_cent bigint);
            """;

    /** What each transaction gave to each account in the end, or took from it; holds count as taken. */
    private static final String MOVEMENTS = """
            SELECT l.gid, l.account_id, a.kind, sum(l.d_available) AS net_cent
            FROM ledger l JOIN account a USING (account_id) GROUP BY l.gid, l.account_id, a.kind""";

    private static final String LOST = """
            SELECT count(*) FROM journal j WHERE j.last_told = 'CONFIRMED'
            AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.request_id = j.request_id AND o.status = 'CONFIRMED')""";

    private static final String DUPLICATED = """
            SELECT count(*) FROM (SELECT request_id FROM orders WHERE status = 'CONFIRMED'
            GROUP BY request_id HAVING count(*) > 1) AS twice""";

    private static final String PHANTOM = """
            SELECT count(DISTINCT o.request_id) FROM orders o LEFT JOIN journal j USING (request_id)
            WHERE o.status = 'CONFIRMED' AND j.last_told IS DISTINCT FROM 'CONFIRMED'""";

    private static final String ORDER_DOUBLE_EFFECTS = """
            SELECT count(*) FROM (SELECT 1 FROM effect_log GROUP BY gid, branch_id, op HAVING count(*) > 1) AS twice""";

    private static final String PAY_DOUBLE_EFFECTS = """
            SELECT count(*) FROM (SELECT DISTINCT gid, branch_id, op FROM ledger
            GROUP BY gid, branch_id, op, account_id HAVING count(*) > 1) AS twice""";

    private static final String ORDER_EFFECTS = """
            SELECT op, count(DISTINCT (gid, branch_id)) FROM effect_log WHERE gid IN (SELECT gid FROM journal) GROUP BY op""";

    private static final String PAY_EFFECTS = """
            SELECT op, count(DISTINCT (gid, branch_id)) FROM ledger GROUP BY op""";

    private static final String NEGATIVE = """
            SELECT count(*) FROM account WHERE available_cent < 0 OR frozen_cent < 0""";

    private static final String MONEY_DRIFT = """
            SELECT abs(coalesce(sum(available_cent + frozen_cent - initial_cent), 0))::bigint FROM account""";

    private static final String FROZEN_LEFT = """
            SELECT coalesce(sum(abs(frozen_cent)), 0)::bigint FROM account""";

    private static final String PENDING_ORDERS = """
            SELECT count(*) FROM orders WHERE status = 'PENDING'""";

    private static final String OPEN_HOLDS = """
            SELECT count(*) FROM (SELECT 1 FROM ledger GROUP BY gid HAVING sum(d_frozen) <> 0) AS open""";

    private static final String LEDGER_DRIFT = """
            SELECT coalesce(sum(abs(a.available_cent - a.initial_cent - coalesce(l.available, 0))
              + abs(a.frozen_cent - coalesce(l.frozen, 0))), 0)::bigint
            FROM account a LEFT JOIN (SELECT account_id, sum(d_available) AS available, sum(d_frozen) AS frozen
              FROM ledger GROUP BY account_id) l USING (account_id)""";

    /** One row for each transaction that either side knows of. */
    private static final String BY_TRANSACTION = """
            WITH ordered AS (SELECT gid, sum(amount_cent) AS price_cent FROM orders WHERE status = 'CONFIRMED' GROUP BY gid),
            payment AS (SELECT gid, sum(net_cent) AS paid_cent FROM movement WHERE kind = 'merchant' GROUP BY gid),
            both_sides AS (SELECT coalesce(o.gid, p.gid) AS gid, coalesce(o.price_cent, 0) AS price_cent,
              coalesce(p.paid_cent, 0) AS paid_cent FROM ordered o FULL JOIN payment p USING (gid))
            """;

    private static final String MIXED = BY_TRANSACTION + """
            SELECT count(*) FROM both_sides WHERE (price_cent <> 0) <> (paid_cent <> 0)""";

    private static final String MISPAID = BY_TRANSACTION + """
            SELECT coalesce(sum(abs(price_cent - paid_cent)), 0)::bigint FROM both_sides
            WHERE price_cent <> 0 AND paid_cent <> 0""";

    /** What each buyer should have given for each transaction, beside what the accounts say. */
    private static final String MISCHARGED = """
            WITH owed AS (SELECT gid, user_id AS account_id, sum(amount_cent) AS price_cent FROM orders
              WHERE status = 'CONFIRMED' GROUP BY gid, user_id),
            taken AS (SELECT gid, account_id, -net_cent AS taken_cent FROM movement WHERE kind <> 'merchant')
            SELECT coalesce(sum(abs(coalesce(o.price_cent, 0) - coalesce(t.taken_cent, 0))), 0)::bigint
            FROM owed o FULL JOIN taken t USING (gid, account_id)""";

    private static final String ORDERS = """
            SELECT count(*), count(*) FILTER (WHERE last_told = 'CONFIRMED'), count(*) FILTER (WHERE first_told = 'UNKNOWN'),
              count(*) FILTER (WHERE first_told = 'UNKNOWN' AND last_told <> 'UNKNOWN') FROM journal""";

    private static final String REJECTED = """
            SELECT reason, count(*) FROM journal WHERE last_told = 'REJECTED' GROUP BY reason""";

    @Option(names = "--order-url", required = true, description = "JDBC URL of the order database.")
    private String orderUrl = "";

    @Option(names = "--pay-url", required = true, description = "JDBC URL of the pay database.")
    private String payUrl = "";

    @Option(names = "--journal", required = true, description = "The client's journal.")
    private Path journal = Path.of("");

    public static void main(String[] args) {
        System.exit(new CommandLine(new Judge()).execute(args));
    }

    @Override
    public Integer call() throws IOException, SQLException {
        Findings findings = judge(new Evidence(orderUrl, payUrl, journal));
        System.out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(findings));
        return findings.brokenPromises().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /**
     * Judges a run that has come to rest.
     *
     * @throws IOException  if the journal is missing or damaged
     * @throws SQLException if a database does not answer
     */
    public static Findings judge(Evidence evidence) throws IOException, SQLException {
        try (Connection orders = DriverManager.getConnection(evidence.orderUrl());
                Connection pay = DriverManager.getConnection(evidence.payUrl())) {
            try (Statement statement = orders.createStatement()) {
                statement.execute(TEMPORARY_TABLES);
            }
            loadJournal(orders, Journal.read(evidence.journal()));
            loadMovements(pay, orders);
            return new Findings(told(orders), safety(orders, pay), details(orders, pay),
                    new Findings.Effects(counts(orders, ORDER_EFFECTS), counts(pay, PAY_EFFECTS)));
        }
    }

    private static void loadJournal(Connection orders, Journal journal) throws SQLException {
        try (PreparedStatement insert = orders.prepareStatement("INSERT INTO journal VALUES (?, ?, ?, ?, ?)")) {
            int rows = 0;
            for (Journal.Entry entry : journal.entries()) {
                insert.setString(1, entry.requestId());
                insert.setString(2, entry.gid());
                insert.setString(3, entry.first().name());
                insert.setString(4, entry.last().name());
                insert.setString(5, entry.reason());
                rows = addToBatch(insert, rows);
            }
            insert.executeBatch();
        }
    }

    private static void loadMovements(Connection pay, Connection orders) throws SQLException {
        try (Statement select = pay.createStatement();
                ResultSet movements = select.executeQuery(MOVEMENTS);
                PreparedStatement insert = orders.prepareStatement("INSERT INTO movement VALUES (?, ?, ?, ?)")) {
            int rows = 0;
            while (movements.next()) {
                insert.setString(1, movements.getString(1));
                insert.setString(2, movements.getString(2));
                insert.setString(3, movements.getString(3));
                insert.setLong(4, movements.getLong(4));
                rows = addToBatch(insert, rows);
            }
            insert.executeBatch();
        }
    }

    private static int addToBatch(PreparedStatement insert, int rowsBefore) throws SQLException {
        insert.addBatch();
        if ((rowsBefore + 1) % BATCH_ROWS == 0) {
            insert.executeBatch();
        }
        return rowsBefore + 1;
    }

    private static Findings.Orders told(Connection orders) throws SQLException {
        try (Statement statement = orders.createStatement(); ResultSet row = statement.executeQuery(ORDERS)) {
            row.next();
            return new Findings.Orders(row.getLong(1), row.getLong(2), counts(orders, REJECTED), row.getLong(3),
                    row.getLong(4));
        }
    }

    /** The rows of a query for names and numbers. */
    private static Map<String, Long> counts(Connection connection, String query) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                counts.put(row.getString(1), row.getLong(2));
            }
        }
        return counts;
    }

    private static Findings.Safety safety(Connection orders, Connection pay) throws SQLException {
        return new Findings.Safety(number(orders, LOST), number(orders, DUPLICATED) + doubleEffects(orders, pay),
                number(orders, PHANTOM), number(pay, NEGATIVE), number(pay, MONEY_DRIFT), number(pay, FROZEN_LEFT),
                number(orders, PENDING_ORDERS) + number(pay, OPEN_HOLDS), number(orders, MIXED));
    }

    private static Findings.Details details(Connection orders, Connection pay) throws SQLException {
        return new Findings.Details(doubleEffects(orders, pay), number(orders, MISPAID), number(orders, MISCHARGED),
                number(pay, LEDGER_DRIFT));
    }

    private static long doubleEffects(Connection orders, Connection pay) throws SQLException {
        return number(orders, ORDER_DOUBLE_EFFECTS) + number(pay, PAY_DOUBLE_EFFECTS);
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
