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
 * Judges a finished run by SQL. The journal and a summary of the ledger are copied into temporary tables beside the
 * orders, and each promise is one query over them.
 */
@Command(name = "judge", description = "Judges a finished run of the demo; exit code 1 if a promise was broken.")
public final class Judge implements Callable<Integer> {
    private static final int BATCH_ROWS = 500;

    private static final String TEMPORARY_TABLES = """
            CREATE TEMPORARY TABLE journal (request_id text, gid text, first_told text, last_told text, reason text);
            CREATE TEMPORARY TABLE payment (gid text, paid_cent bigint);
            """;

    private static final String PAYMENTS = """
            SELECT l.gid, sum(l.d_available) FILTER (WHERE a.kind = 'merchant') AS paid_cent
            FROM ledger l JOIN account a USING (account_id) GROUP BY l.gid""";

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
            both_sides AS (SELECT coalesce(o.gid, p.gid) AS gid, coalesce(o.price_cent, 0) AS price_cent,
              coalesce(p.paid_cent, 0) AS paid_cent FROM ordered o FULL JOIN payment p USING (gid))
            """;

    private static final String MIXED = BY_TRANSACTION + """
            SELECT count(*) FROM both_sides WHERE (price_cent <> 0) <> (paid_cent <> 0)""";

    private static final String MISPAID = BY_TRANSACTION + """
            SELECT coalesce(sum(abs(price_cent - paid_cent)), 0)::bigint FROM both_sides
            WHERE price_cent <> 0 AND paid_cent <> 0""";

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
            loadPayments(pay, orders);
            return new Findings(told(orders), safety(orders, pay), details(orders, pay));
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

    private static void loadPayments(Connection pay, Connection orders) throws SQLException {
        try (Statement select = pay.createStatement();
                ResultSet payments = select.executeQuery(PAYMENTS);
                PreparedStatement insert = orders.prepareStatement("INSERT INTO payment VALUES (?, ?)")) {
            int rows = 0;
            while (payments.next()) {
                insert.setString(1, payments.getString(1));
                insert.setLong(2, payments.getLong(2));
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
        Map<String, Long> rejected = new TreeMap<>();
        try (Statement statement = orders.createStatement()) {
            try (ResultSet row = statement.executeQuery(REJECTED)) {
                while (row.next()) {
                    rejected.put(row.getString(1), row.getLong(2));
                }
            }
            try (ResultSet row = statement.executeQuery(ORDERS)) {
                row.next();
                return new Findings.Orders(row.getLong(1), row.getLong(2), rejected, row.getLong(3), row.getLong(4));
            }
        }
    }

    private static Findings.Safety safety(Connection orders, Connection pay) throws SQLException {
        return new Findings.Safety(number(orders, LOST), number(orders, DUPLICATED) + doubleEffects(orders, pay),
                number(orders, PHANTOM), number(pay, NEGATIVE), number(pay, MONEY_DRIFT), number(pay, FROZEN_LEFT),
                number(orders, PENDING_ORDERS) + number(pay, OPEN_HOLDS), number(orders, MIXED));
    }

    private static Findings.Details details(Connection orders, Connection pay) throws SQLException {
        return new Findings.Details(doubleEffects(orders, pay), number(orders, MISPAID), number(pay, LEDGER_DRIFT));
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
