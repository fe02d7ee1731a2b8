package io.holdfast.examples.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.coupon.CouponTables;
import io.holdfast.examples.journal.JournalWriter;
import io.holdfast.examples.journal.Told;
import io.holdfast.examples.order.OrderTables;
import io.holdfast.examples.participant.OrderTicket;
import io.holdfast.examples.pay.PayTables;
import io.holdfast.examples.process.TestDatabase;
import io.holdfast.examples.stock.RedisStock;
import io.holdfast.examples.stock.StockTables;
import io.holdfast.fence.Dialect;
import io.holdfast.testkit.component.RedisServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge on goods that are in Redis: a clean run, and what must show there. */
class HotGoodsIT {
    private static final long SKU = 7;
    private static final String ARTICLE = "article:{7}";
    private static final String MARK = "fence:{7}:";

    private static String url = "";
    private static RedisServer redis;

    @TempDir
    private Path directory;

    @BeforeAll
    static void createEverything() throws Exception {
        RedisServer.require();
        redis = RedisServer.start();
        url = TestDatabase.create("judge_hot_goods");
        try (Connection connection = DriverManager.getConnection(url)) {
            OrderTables.create(connection, Dialect.POSTGRESQL);
            PayTables.create(connection, Dialect.POSTGRESQL);
            StockTables.create(connection);
            CouponTables.create(connection);
            PayTables.open(connection, "user-1", "user", 10_000);
            PayTables.open(connection, "merchant", "merchant", 0);
        }
    }

    @AfterAll
    static void endRedis() {
        if (redis != null) {
            redis.close();
        }
    }

    /** One order of two pieces that was confirmed, and one Try that was cancelled. */
    @BeforeEach
    void cleanRun() throws Exception {
        redis.command("FLUSHALL");
        try (RedisStock stock = RedisStock.connect(redis.port())) {
            stock.putOnSale(SKU, 10);
        }
        sql("TRUNCATE stock.sku, orders, effect_log, ledger; UPDATE account SET available_cent = initial_cent");
        try (Connection connection = DriverManager.getConnection(url)) {
            StockTables.putOnSale(connection, SKU, "merchant", true, 10);
        }
        redis.command("HSET", ARTICLE, "free", "8", "sold", "2");
        redis.command("HSET", MARK + "mall:g1:02", "state", "confirmed", "pieces", "2");
        redis.command("HSET", MARK + "mall:g2:02", "state", "cancelled", "pieces", "3");
        redis.command("HSET", MARK + "mall:g3:02", "state", "never_tried", "pieces", "1");
        sql("INSERT INTO orders (order_no, request_id, gid, engine, user_id, sku_id, qty, amount_cent, status) VALUES"
                + " ('n', 'r1', 'mall:g1', 'tcc', 1, 7, 2, 500, 'CONFIRMED');"
                + "INSERT INTO ledger (gid, branch_id, op, engine, account_id, d_available, d_frozen) VALUES"
                + " ('mall:g1', '03', 'ACTION', 'tcc', 'user-1', -500, 0),"
                + " ('mall:g1', '03', 'ACTION', 'tcc', 'merchant', 500, 0);"
                + "UPDATE account SET available_cent = available_cent + CASE kind WHEN 'user' THEN -500 ELSE 500 END");
        try (JournalWriter journal = new JournalWriter(directory.resolve("journal.jsonl"))) {
            journal.placed(new OrderTicket("r1", 1, "merchant", SKU, 2, 500, null));
            journal.told("r1", Told.CONFIRMED, "");
        }
    }

    @Test
    void aCleanRunAddsUp() throws Exception {
        Findings findings = judge();

        assertThat(findings.brokenPromises()).isEmpty();
        assertThat(findings.effects().get("stock")).containsOnlyKeys("TRY", "CONFIRM", "CANCEL").containsEntry("TRY",
                2L);
    }

    @Test
    void aConfirmThatTookEffectTwiceIsDrift() throws Exception {
        redis.command("HSET", ARTICLE, "held", "-2", "sold", "4");

        Findings findings = judge();
        assertThat(findings.safety().oversold()).isEqualTo(1);
        assertThat(findings.details().stockDrift()).isEqualTo(4);
    }

    @Test
    void piecesThatCameFromNowhereAreDrift() throws Exception {
        redis.command("HINCRBY", ARTICLE, "free", "1");

        assertThat(judge().brokenPromises()).containsExactly("stockDrift=2, allowed: 0");
    }

    @Test
    void aLostMarkIsDriftAndMixed() throws Exception {
        redis.command("DEL", MARK + "mall:g1:02");

        Findings findings = judge();
        assertThat(findings.safety().mixedDecisions()).isEqualTo(1);
        assertThat(findings.details().stockDrift()).isEqualTo(4);
        assertThat(findings.details().misdelivered()).isEqualTo(2);
    }

    @Test
    void aHoldThatNobodyClosedIsLeft() throws Exception {
        redis.command("HSET", ARTICLE, "free", "5", "held", "3");
        redis.command("HSET", MARK + "mall:g2:02", "state", "tried");

        assertThat(judge().brokenPromises()).containsExactly("reservationsLeft=1, allowed: 0");
    }

    @Test
    void moreThanThereWereIsOversold() throws Exception {
        redis.command("HSET", ARTICLE, "free", "-1", "sold", "11");
        redis.command("HSET", MARK + "mall:g4:02", "state", "acted", "pieces", "9");

        assertThat(judge().safety().oversold()).isEqualTo(1);
    }

    @Test
    void aHotItemThatWasSoldFromTheDatabaseIsDrift() throws Exception {
        sql("INSERT INTO stock.effect_log (gid, branch_id, op, engine, sku_id, d_available, d_frozen, d_sold) VALUES"
                + " ('mall:g9', '02', 'ACTION', 'saga', 7, -1, 0, 1)");
        try {
            assertThat(judge().details().stockDrift()).isEqualTo(2);
        } finally {
            sql("TRUNCATE stock.effect_log");
        }
    }

    private Findings judge() throws Exception {
        return Judge.judge(new Evidence(url, url, url, url, redis.port(), directory.resolve("journal.jsonl")));
    }

    private static void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
