package io.holdfast.examples.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Operation;
import io.holdfast.components.Python;
import io.holdfast.examples.participant.PythonCouponService.Reply;
import io.holdfast.examples.process.TestDatabase;
import io.holdfast.fence.BranchCall;
import io.holdfast.fence.Dialect;
import io.holdfast.fence.FenceResult;
import io.holdfast.fence.JdbcFence;
import io.holdfast.testkit.component.Components;
import io.holdfast.testkit.fence.FenceVectors;
import io.holdfast.testkit.fence.FenceVectors.Call;
import io.holdfast.testkit.fence.FenceVectors.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The coupon service in Python keeps the rules of the fence, against a real PostgreSQL. */
class CouponServiceInPythonIT {
    private static final int AT_ONCE = 4;
    private static final long USER = 7;
    private static final AtomicLong GIDS = new AtomicLong();
    private static final String TABLES = """
            create schema coupon;
            create table coupon.coupon (
              coupon_id text primary key, user_id bigint not null, face_cent bigint not null,
              state text not null check (state in ('UNUSED', 'LOCKED', 'USED')), gid text);
            create table coupon.effect_log (
              id bigserial primary key, gid text not null, branch_id text not null, op text not null,
              engine text not null, coupon_id text not null, applied_at timestamptz not null)""";

    private static Python python;
    private static String url = "";
    private static PythonCouponService service;
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(AT_ONCE);

    private final String gid = "g-" + GIDS.incrementAndGet();

    @BeforeAll
    static void start() throws Exception {
        python = Components.python("psycopg2");
        url = TestDatabase.create("coupon_in_python");
        execute(TABLES);
        service = new PythonCouponService(python, url, ProcessHandle.current().pid());
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
        if (service != null) {
            service.close();
        }
    }

    /** Coupons have no amounts, so that what is about amounts is left out. */
    static List<Sequence> sequences() throws IOException {
        return FenceVectors.read(PythonCouponService.ROOT).stream().filter(one -> !one.isAboutAmounts()).toList();
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void callsOneAfterTheOtherDoWhatIsWritten(Sequence sequence) throws Exception {
        issueCoupons(sequence);
        Map<String, Integer> effects = new TreeMap<>();
        for (Call call : sequence.calls()) {
            Reply reply = deliver(call);
            assertThat(reply.status()).as("%s: %s", call, reply).isEqualTo(call.status());
            assertThat(reply.word()).as("%s: %s", call, reply).isEqualTo(word(call.status()));
            if (call.result().equals(FenceVectors.RAN)) {
                effects.merge(call.op(), 1, Integer::sum);
            }
            assertThat(effects()).as(call.toString()).isEqualTo(effects);
        }
        assertThat(effects).isEqualTo(sequence.effects());
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void deliveredSeveralTimesAtOnceEachTakesEffectOnce(Sequence sequence) throws Exception {
        issueCoupons(sequence);
        for (Call call : sequence.calls()) {
            assertThat(atOnce(() -> deliver(call))).as(call.toString()).extracting(Reply::status)
                    .containsOnly(call.status());
        }
        assertThat(effects()).isEqualTo(sequence.effects());
    }

    @Test
    void aCouponThatIsNotTheUsersOrNotUnusedIsRejectedAndCanBeCancelled() throws Exception {
        issue("for-ann");
        Reply stranger = service.call("try", gid, "04", "for-ann", USER + 1);
        assertThat(stranger).isEqualTo(new Reply(409, "FAILURE", "coupon_not_usable"));
        assertThat(service.call("try", gid, "04", "no-such-coupon", USER).status()).isEqualTo(409);
        assertThat(service.call("cancel", gid, "04", "for-ann", USER + 1).status()).isEqualTo(200);
        assertThat(effects()).isEmpty();
        assertThat(coupon("for-ann")).isEqualTo("UNUSED null");
    }

    @Test
    void ofSeveralOrdersForOneCouponOneGetsIt() throws Exception {
        issue("wanted");
        AtomicLong number = new AtomicLong();
        List<Reply> replies = atOnce(
                () -> service.call("try", gid + "-" + number.incrementAndGet(), "04", "wanted", USER));
        assertThat(replies).extracting(Reply::status).containsOnlyOnce(200).containsOnly(200, 409);
        assertThat(coupon("wanted")).startsWith("LOCKED " + gid);
    }

    @Test
    void anOrderWithoutACouponHasNothingToDo() throws Exception {
        for (String op : List.of("try", "confirm")) {
            assertThat(service.call(op, gid, "04", null, USER).word()).isEqualTo("SUCCESS");
        }
        assertThat(effects()).isEmpty();
    }

    @Test
    void anInstanceInJavaSharesTheTableOfTheFence() throws Exception {
        issue("shared");
        JdbcFence java = JdbcFence.on(Dialect.POSTGRESQL);
        service.call("try", gid, "04", "shared", USER);
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            BranchCall cancel = new BranchCall(gid, "04", Operation.CANCEL);
            assertThat(java.guard(connection, cancel, same -> {
            })).isEqualTo(FenceResult.RAN);
            BranchCall early = new BranchCall(gid, "05", Operation.CANCEL);
            assertThat(java.guard(connection, early, same -> {
            })).isEqualTo(FenceResult.EMPTY);
            connection.commit();
        }
        assertThat(service.call("try", gid, "04", "shared", USER).status()).isEqualTo(409);
        assertThat(service.call("cancel", gid, "04", "shared", USER).message()).isEqualTo("already done");
        assertThat(service.call("try", gid, "05", "shared", USER).status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tcc/try?gid=&trans_type=tcc&branch_id=04&op=try",
            "/tcc/try?gid=x&gid=y&trans_type=tcc&branch_id=04&op=try",
            "/tcc/try?gid=x&trans_type=tcc&branch_id=04&op=confirm",
            "/tcc/try?gid=x&trans_type=saga&branch_id=04&op=try", "/tcc/try?gid=%FF&trans_type=tcc&branch_id=04&op=try",
            "/tcc/try?gid=x%00&trans_type=tcc&branch_id=04&op=try", "/tcc/try"})
    void aMalformedCallIsRefusedWithWhatIsAllowed(String address) throws Exception {
        long rows = number("select count(*) from holdfast_fence");
        assertThat(service.send(address, "{\"userId\":7,\"couponId\":\"c\"}").status()).isEqualTo(400);
        String wellFormed = "/tcc/try?gid=x&trans_type=tcc&branch_id=04&op=try";
        for (String body : List.of("", "[]", "{", "[".repeat(50_000), "{\"couponId\":5}")) {
            assertThat(service.send(wellFormed, body)).as(body).extracting(Reply::status, Reply::word)
                    .containsExactly(400, null);
        }
        assertThat(number("select count(*) from holdfast_fence")).isEqualTo(rows);
    }

    @Test
    void endsWithItsParent() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "read line").start();
        try (PythonCouponService child = new PythonCouponService(python, url, parent.pid())) {
            parent.destroyForcibly().waitFor();
            assertThat(child.ends()).isTrue();
        }
    }

    @Test
    void itsFenceIsThatOfThePage() throws IOException {
        String page = Files.readString(PythonCouponService.ROOT.resolve("docs/participants.md"));
        String script = Files.readString(PythonCouponService.SCRIPT);
        for (String block : List.of("python -->\n```python\n", "postgresql-create -->\n```sql\n")) {
            int start = page.indexOf(block) + block.length();
            assertThat(script).contains(page.substring(start, page.indexOf("```", start)));
        }
    }

    private Reply deliver(Call call) throws IOException, InterruptedException {
        return service.call(call.op(), gid, call.branchId(), couponOf(call), USER);
    }

    private String couponOf(Call call) {
        return gid + "-" + call.branchId();
    }

    private void issueCoupons(Sequence sequence) throws SQLException {
        for (String coupon : Set.copyOf(sequence.calls().stream().map(this::couponOf).toList())) {
            issue(coupon);
        }
    }

    private static @Nullable String word(int status) {
        return status == 200 ? "SUCCESS" : status == 409 ? "FAILURE" : null;
    }

    private static <T> List<T> atOnce(Callable<T> call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(AT_ONCE);
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            futures.add(THREADS.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                return call.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(60, TimeUnit.SECONDS));
        }
        return results;
    }

    /** How often each operation took effect in this transaction. */
    private Map<String, Integer> effects() throws SQLException {
        Map<String, Integer> effects = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement
                        .executeQuery("select lower(op), count(*) from coupon.effect_log where gid = '"
                                + gid + "' group by 1")) {
            while (rows.next()) {
                effects.put(rows.getString(1), rows.getInt(2));
            }
        }
        return effects;
    }

    private static void issue(String couponId) throws SQLException {
        execute("insert into coupon.coupon values ('" + couponId + "', " + USER + ", 500, 'UNUSED', null)");
    }

    private static String coupon(String couponId) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement
                        .executeQuery("select state, gid from coupon.coupon where coupon_id = '" + couponId + "'")) {
            row.next();
            return row.getString(1) + " " + row.getString(2);
        }
    }

    private static long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
