package io.holdfast.examples.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Operation;
import io.holdfast.components.Python;
import io.holdfast.examples.coupon.CouponTables;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.FaultPlan;
import io.holdfast.examples.participant.PythonCouponService.Reply;
import io.holdfast.examples.process.TestDatabase;
import io.holdfast.testkit.component.Components;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The faults of the coupon service in Python: chosen as in Java, and each does to a call what it should. */
class FaultsInPythonIT {
    private static final long USER = 7;
    private static final long SEED = 4_711;
    private static final int ORDERS = 1;
    private static final String BRANCH = "04";
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final FaultPlan PLAN = new FaultPlan(SEED, ORDERS);
    private static final Set<String> USED = new HashSet<>();

    private static String url = "";
    private static Python python;
    private static PythonCouponService service;

    @BeforeAll
    static void start() throws Exception {
        python = Components.python("psycopg2");
        url = TestDatabase.create("faults_in_python");
        try (Connection connection = DriverManager.getConnection(url)) {
            CouponTables.create(connection);
        }
        service = new PythonCouponService(python, url, ProcessHandle.current().pid(), "--faults", "on", "--seed",
                Long.toString(SEED), "--planned-orders", Integer.toString(ORDERS));
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void thePlanIsThatOfJava() throws Exception {
        StringBuilder expected = new StringBuilder();
        for (long seed : new long[]{0, 1, 999_999_999, -3}) {
            for (int orders : new int[]{1, 100, 3_600}) {
                FaultPlan plan = new FaultPlan(seed, orders);
                for (int i = 0; i < 40; i++) {
                    for (Operation operation : Operation.values()) {
                        for (int attempt = 1; attempt <= 3; attempt++) {
                            FaultKind kind = plan.ofBranchCall("mall-é" + i, BRANCH, operation, attempt);
                            expected.append(kind == null ? "None" : kind.wireName()).append(' ');
                        }
                    }
                }
            }
        }
        String operations = String.join(", ", IntStream.range(0, Operation.values().length)
                .mapToObj(i -> '"' + Operation.values()[i].wireName() + '"').toList());
        String printed = python.print("import sys; sys.dont_write_bytecode = True; sys.path.insert(0, '"
                + PythonCouponService.SCRIPT.getParent() + "'); import faults\n"
                + "for seed in (0, 1, 999999999, -3):\n for orders in (1, 100, 3600):\n"
                + "  plan = faults.FaultPlan(seed, orders)\n  for i in range(40):\n   for op in (" + operations + "):\n"
                + "    for attempt in (1, 2, 3):\n"
                + "     print(plan.of_branch_call(f'mall-\\u00e9{i}', '04', op, attempt), end=' ')");

        assertThat(expected).contains("None ", "late-try ", "business-reject ", "lost-reply ", "hang ");
        assertThat(printed).isEqualTo(expected.toString().strip());
    }

    @Test
    void anAnswerIsLostAfterTheEffect() throws Exception {
        String gid = gidWith(Operation.TRY, FaultKind.LOST_REPLY, undisturbed(Operation.TRY, 2));

        assertThatThrownBy(() -> call("try", gid)).isInstanceOf(IOException.class);
        assertThat(coupon(gid)).isEqualTo("LOCKED");
        assertThat(call("try", gid).status()).isEqualTo(200);
        assertThat(count("lost-reply", "hits")).isPositive();
    }

    @Test
    void errorsAndDelaysComeBeforeTheEffect() throws Exception {
        String failing = gidWith(Operation.TRY, FaultKind.ERROR_BEFORE_EFFECT, undisturbed(Operation.TRY, 2));
        assertThat(call("try", failing).status()).isEqualTo(500);
        String early = gidWith(Operation.TRY, FaultKind.ONGOING_FIRST, undisturbed(Operation.TRY, 2));
        assertThat(call("try", early)).isEqualTo(new Reply(425, "ONGOING", ""));
        assertThat(coupon(failing)).isEqualTo("UNUSED");
        assertThat(coupon(early)).isEqualTo("UNUSED");
        assertThat(call("try", failing).status()).isEqualTo(200);
        assertThat(call("try", early).status()).isEqualTo(200);
    }

    @Test
    void aRefusalLasts() throws Exception {
        String gid = gidWith(Operation.ACTION, FaultKind.BUSINESS_REJECT, any -> true);

        for (int i = 0; i < 4; i++) {
            assertThat(call("action", gid)).isEqualTo(new Reply(409, "FAILURE", "injected_reject"));
        }
        assertThat(coupon(gid)).isEqualTo("UNUSED");
    }

    @Test
    void aCallThatComesTwiceAtOnceTakesEffectOnce() throws Exception {
        String gid = gidWith(Operation.TRY, FaultKind.DUPLICATE_DELIVERY, any -> true);

        assertThat(call("try", gid).status()).isEqualTo(200);
        awaitDelivered();
        assertThat(effects(gid)).isEqualTo(1);
        assertThat(count("duplicate-delivery", "hits")).isPositive();
    }

    @Test
    void aHeldTryArrivesAfterItsCancelAndIsRefused() throws Exception {
        String gid = gidWith(Operation.TRY, FaultKind.LATE_TRY, undisturbed(Operation.CANCEL, 1));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> call("try", gid)).isInstanceOf(IOException.class);
        }
        long before = count("late-try", "hits");
        assertThat(call("cancel", gid).message()).isEqualTo("nothing to undo");
        awaitDelivered();
        assertThat(count("late-try", "hits")).isEqualTo(before + 1);
        assertThat(coupon(gid)).isEqualTo("UNUSED");
        assertThat(effects(gid)).isZero();
    }

    @Test
    void aCallThatHangsTakesEffectWhenItsCallerIsGone() throws Exception {
        String gid = gidWith(Operation.TRY, FaultKind.HANG, any -> true);
        long before = count("hang", "hits");
        try (HttpClient impatient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request = HttpRequest.newBuilder(service.url(PythonCouponService.address("try", gid, BRANCH)))
                    .timeout(Duration.ofMillis(500))
                    .POST(HttpRequest.BodyPublishers.ofString(PythonCouponService.body(gid, gid, USER))).build();
            assertThatThrownBy(() -> impatient.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(HttpTimeoutException.class);
        }
        awaitDelivered();

        assertThat(count("hang", "hits")).isEqualTo(before + 1);
        assertThat(coupon(gid)).isEqualTo("LOCKED");
    }

    /** A transaction with a coupon of its own name, whose first call of an operation meets a fault. */
    private static String gidWith(Operation operation, FaultKind kind, Predicate<String> alsoHas) throws SQLException {
        String gid = IntStream.range(0, 100_000).mapToObj(i -> "mall-" + i)
                .filter(candidate -> PLAN.ofBranchCall(candidate, BRANCH, operation, 1) == kind)
                .filter(alsoHas).filter(USED::add).findFirst().orElseThrow();
        try (Connection connection = DriverManager.getConnection(url)) {
            CouponTables.issue(connection, gid, USER, 100);
        }
        return gid;
    }

    private static Predicate<String> undisturbed(Operation operation, int attempt) {
        return gid -> PLAN.ofBranchCall(gid, BRANCH, operation, attempt) == null;
    }

    private static Reply call(String op, String gid) throws IOException, InterruptedException {
        return service.call(op, gid, BRANCH, gid, USER);
    }

    private static void awaitDelivered() throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + LIMIT_NANOS;
        while (service.get("/under-way").path("calls").asInt() > 0) {
            assertThat(System.nanoTime() - giveUpAtNanos).as("calls are still under way").isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static long count(String kind, String what) throws IOException, InterruptedException {
        return service.get("/faults").path(kind).path(what).asLong();
    }

    private static long effects(String gid) throws SQLException {
        return Long.parseLong(String.valueOf(one("select count(*) from coupon.effect_log where gid = '" + gid + "'")));
    }

    private static String coupon(String gid) throws SQLException {
        return String.valueOf(one("select state from coupon.coupon where coupon_id = '" + gid + "'"));
    }

    private static @Nullable String one(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
