package io.holdfast.examples.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.examples.participant.MallService;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Judges a finished run by SQL: each promise is one query over copies of all the evidence. */
@Command(name = "judge", description = "Judges a finished run of the demo; exit code 1 if a promise was broken.")
public final class Judge implements Callable<Integer> {
    private static final String LOST = """
            SELECT count(*) FROM journal j WHERE j.last_told = 'CONFIRMED'
            AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.request_id = j.request_id AND o.status = 'CONFIRMED')""";

    private static final String DUPLICATED = """
            SELECT count(*) FROM (SELECT request_id FROM orders WHERE status = 'CONFIRMED'
            GROUP BY request_id HAVING count(*) > 1) AS twice""";

    private static final String PHANTOM = """
            SELECT count(DISTINCT o.request_id) FROM orders o LEFT JOIN journal j USING (request_id)
            WHERE o.status = 'CONFIRMED' AND j.last_told IS DISTINCT FROM 'CONFIRMED'""";

    private static final String DOUBLE_EFFECTS = """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM order_effect GROUP BY gid, branch_id, op HAVING count(*) > 1) AS a)
              + (SELECT count(*) FROM (SELECT DISTINCT gid, branch_id, op FROM ledger
                GROUP BY gid, branch_id, op, account_id HAVING count(*) > 1) AS b)
              + (SELECT count(*) FROM (SELECT 1 FROM stock_effect GROUP BY gid, branch_id, op HAVING count(*) > 1) AS c)
              + (SELECT count(*) FROM (SELECT 1 FROM coupon_effect GROUP BY gid, branch_id, op HAVING count(*) > 1) AS d)""";

    /** What took effect for which operation; the warm-up places nothing, and does not count. */
    private static final String EFFECTS = """
            SELECT op, count(DISTINCT (gid, branch_id)) FROM %s WHERE gid NOT LIKE '%%warm-up-%%' GROUP BY op""";

    private static final String OVERSOLD = """
            SELECT (SELECT count(*) FROM account WHERE available_cent < 0 OR frozen_cent < 0)
              + (SELECT count(*) FROM sku WHERE sold + frozen > initial_qty OR available < 0 OR frozen < 0 OR sold < 0)""";

    private static final String MONEY_DRIFT = """
            SELECT abs(coalesce(sum(available_cent + frozen_cent - initial_cent), 0))::bigint FROM account""";

    private static final String FROZEN_LEFT = """
            SELECT coalesce(sum(abs(frozen_cent)), 0)::bigint FROM account""";

    /** Each branch that still holds something counts once, whether its reservation, its balance or its log says so. */
    private static final String RESERVATIONS_LEFT = """
            SELECT (SELECT count(*) FROM orders WHERE status = 'PENDING')
              + (SELECT count(*) FROM (SELECT 1 FROM ledger GROUP BY gid HAVING sum(d_frozen) <> 0) AS money)
              + (SELECT count(*) FROM (SELECT gid FROM reservation WHERE state = 'TRIED'
                UNION SELECT gid FROM stock_effect GROUP BY gid HAVING sum(d_frozen) <> 0) AS goods)
              + (SELECT count(*) FROM coupon WHERE state = 'LOCKED')""";

    private static final String LEDGER_DRIFT = """
            SELECT coalesce(sum(abs(a.available_cent - a.initial_cent - coalesce(l.available, 0))
              + abs(a.frozen_cent - coalesce(l.frozen, 0))), 0)::bigint
            FROM account a LEFT JOIN (SELECT account_id, sum(d_available) AS available, sum(d_frozen) AS frozen
              FROM ledger GROUP BY account_id) l USING (account_id)""";

    /** By how much quantities differ from their log, and from what there was at first. */
    private static final String STOCK_DRIFT = """
            SELECT coalesce(sum(abs(s.available - s.initial_qty - coalesce(l.available, 0))
              + abs(s.frozen - coalesce(l.frozen, 0)) + abs(s.sold - coalesce(l.sold, 0))
              + abs(s.available + s.frozen + s.sold - s.initial_qty)), 0)::bigint
            FROM sku s LEFT JOIN (SELECT sku_id, sum(d_available) AS available, sum(d_frozen) AS frozen,
              sum(d_sold) AS sold FROM stock_effect GROUP BY sku_id) l USING (sku_id)""";

    /** One row for each transaction that any of the services knows of: what it bought, paid, got and used. */
    private static final String BY_TRANSACTION = """
            WITH part AS (SELECT gid, amount_cent AS price, 0 AS paid, qty AS ordered, 0 AS sold,
                CASE WHEN coupon_id IS NULL THEN 0 ELSE 1 END AS wanted, 0 AS used FROM orders WHERE status = 'CONFIRMED'
              UNION ALL SELECT gid, 0, d_available, 0, 0, 0, 0 FROM ledger JOIN account USING (account_id)
                WHERE kind = 'merchant'
              UNION ALL SELECT gid, 0, 0, 0, d_sold, 0, 0 FROM stock_effect
              UNION ALL SELECT gid, 0, 0, 0, 0, 0, 1 FROM coupon WHERE state = 'USED'),
            total AS (SELECT gid, sum(price) AS price, sum(paid) AS paid, sum(ordered) AS ordered, sum(sold) AS sold,
              sum(wanted) AS wanted, sum(used) AS used FROM part GROUP BY gid)
            """;

    private static final String MIXED = BY_TRANSACTION + """
            SELECT count(*) FROM total WHERE (price <> 0) <> (paid <> 0) OR (ordered <> 0) <> (sold <> 0)
              OR (wanted <> 0) <> (used <> 0)""";

    private static final String MISPAID = BY_TRANSACTION + """
            SELECT coalesce(sum(abs(price - paid)), 0)::bigint FROM total WHERE price <> 0 AND paid <> 0""";

    /** What each buyer should have given for each transaction, beside what the accounts say. */
    private static final String MISCHARGED = """
            WITH owed AS (SELECT gid, 'user-' || user_id AS account_id, sum(amount_cent) AS price_cent FROM orders
              WHERE status = 'CONFIRMED' GROUP BY gid, user_id),
            taken AS (SELECT gid, account_id, -sum(d_available) AS taken_cent FROM ledger JOIN account USING (account_id)
              WHERE kind <> 'merchant' GROUP BY gid, account_id)
            SELECT coalesce(sum(abs(coalesce(o.price_cent, 0) - coalesce(t.taken_cent, 0))), 0)::bigint
            FROM owed o FULL JOIN taken t USING (gid, account_id)""";

    /** What each transaction should have taken of each item, beside what the stock says. */
    private static final String MISDELIVERED = """
            WITH owed AS (SELECT gid, sku_id, sum(qty) AS qty FROM orders WHERE status = 'CONFIRMED' GROUP BY gid, sku_id),
            given AS (SELECT gid, sku_id, sum(d_sold) AS qty FROM stock_effect GROUP BY gid, sku_id)
            SELECT coalesce(sum(abs(coalesce(o.qty, 0) - coalesce(g.qty, 0))), 0)::bigint
            FROM owed o FULL JOIN given g USING (gid, sku_id)""";

    /** Order rows that are not what the client asked for: by buyer, item, quantity, coupon or amount. */
    private static final String MISORDERED = """
            SELECT count(*) FROM orders o JOIN journal j USING (request_id) WHERE o.user_id <> j.user_id
              OR o.sku_id <> j.sku_id OR o.qty <> j.qty OR o.amount_cent <> j.amount_cent
              OR o.coupon_id IS DISTINCT FROM j.coupon_id""";

    /** What merchants got for orders of which the client was told that somebody else sells the item. */
    private static final String WRONG_MERCHANT = """
            SELECT coalesce(sum(abs(cent)), 0)::bigint FROM (SELECT sum(l.d_available) AS cent FROM ledger l
              JOIN account a USING (account_id) JOIN (SELECT DISTINCT gid, request_id FROM orders) o USING (gid)
              JOIN journal j USING (request_id) WHERE a.kind = 'merchant' AND l.account_id <> j.merchant_id
              GROUP BY l.gid, l.account_id) AS got""";

    /** Coupons that were used or locked for somebody who does not own them, or who asked for another one or for none. */
    private static final String WRONG_COUPON = """
            SELECT count(*) FROM coupon c JOIN (SELECT DISTINCT gid, request_id FROM orders) o USING (gid)
              JOIN journal j USING (request_id)
              WHERE c.state <> 'UNUSED' AND (c.user_id <> j.user_id OR c.coupon_id IS DISTINCT FROM j.coupon_id)""";

    private static final String ORDERS = """
            SELECT count(*), count(*) FILTER (WHERE last_told = 'CONFIRMED'), count(*) FILTER (WHERE first_told = 'UNKNOWN'),
              count(*) FILTER (WHERE first_told = 'UNKNOWN' AND last_told <> 'UNKNOWN') FROM journal""";

    private static final String REJECTED = """
            SELECT reason, count(*) FROM journal WHERE last_told = 'REJECTED' GROUP BY reason""";

    @Option(names = "--order-url", required = true, description = "JDBC URL of the order database.")
    private String orderUrl = "";

    @Option(names = "--pay-url", required = true, description = "JDBC URL of the pay database.")
    private String payUrl = "";

    @Option(names = "--stock-url", required = true, description = "JDBC URL of the stock database.")
    private String stockUrl = "";

    @Option(names = "--coupon-url", required = true, description = "JDBC URL of the coupon database.")
    private String couponUrl = "";

    @Option(names = "--redis-port", description = "Of the Redis on this machine that has the hot goods, if one has.")
    private @Nullable Integer redisPort;

    @Option(names = "--journal", required = true, description = "The clients' journal.")
    private Path journal = Path.of("");

    public static void main(String[] args) {
        System.exit(new CommandLine(new Judge()).execute(args));
    }

    @Override
    public Integer call() throws IOException, SQLException {
        Findings findings = judge(new Evidence(orderUrl, payUrl, stockUrl, couponUrl, redisPort, journal));
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
        try (Courtroom room = Courtroom.gather(evidence)) {
            return new Findings(told(room), safety(room), details(room), effects(room));
        }
    }

    private static Findings.Orders told(Courtroom room) throws SQLException {
        long[] told = room.numbers(ORDERS);
        return new Findings.Orders(told[0], told[1], room.counts(REJECTED), told[2], told[3]);
    }

    private static Findings.Safety safety(Courtroom room) throws SQLException {
        return new Findings.Safety(room.number(LOST), room.number(DUPLICATED) + room.number(DOUBLE_EFFECTS),
                room.number(PHANTOM), room.number(OVERSOLD), room.number(MONEY_DRIFT), room.number(FROZEN_LEFT),
                room.number(RESERVATIONS_LEFT), room.number(MIXED));
    }

    private static Findings.Details details(Courtroom room) throws SQLException {
        return new Findings.Details(room.number(DOUBLE_EFFECTS), room.number(MISPAID), room.number(MISCHARGED),
                room.number(LEDGER_DRIFT), room.number(MISDELIVERED), room.number(STOCK_DRIFT),
                room.number(MISORDERED), room.number(WRONG_MERCHANT), room.number(WRONG_COUPON));
    }

    private static Map<String, Map<String, Long>> effects(Courtroom room) throws SQLException {
        Map<String, Map<String, Long>> effects = new LinkedHashMap<>();
        for (MallService service : MallService.values()) {
            String table = switch (service) {
                case ORDER -> "order_effect";
                case STOCK -> "stock_effect";
                case PAY -> "ledger";
                case COUPON -> "coupon_effect";
            };
            effects.put(service.wireName(), room.counts(EFFECTS.formatted(table)));
        }
        return effects;
    }
}
