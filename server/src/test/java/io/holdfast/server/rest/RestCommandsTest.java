package io.holdfast.server.rest;

import static io.holdfast.server.testing.Transactions.branch;
import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.known;
import static io.holdfast.server.testing.Transactions.refused;
import static io.holdfast.server.testing.Transactions.saga;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Attributes.Label;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import io.holdfast.server.testing.Transactions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What commands become, and how they are answered. That each answer fits the document is checked by the server of the test. */
class RestCommandsTest {

    private static final String ONE = "/api/v1/transactions/g1";
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final TestServer server = TestServer.ready();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Path, body, what the engine replies, status and the members of the answer that tell. */
    static Stream<Arguments> answers() {
        String decide = ONE + "/decision";
        String confirm = "{\"decision\":\"confirm\"}";
        String register = "{\"branches\":[{\"branchId\":\"01\"}]}";
        return Stream.of(
                row("/api/v1/transactions", "{}", changed(tcc("g1", State.TRYING)), 201, "TRYING", "true", ""),
                row("/api/v1/transactions", "{}", known(tcc("g1", State.CONFIRMED)), 200, "CONFIRMED", "false", ""),
                row("/api/v1/transactions", "{\"mode\":\"saga\",\"branches\":[{\"branchId\":\"01\"}]}",
                        refused(ErrorCode.MODE_CONFLICT, tcc("g1", State.TRYING)), 409, "TRYING", "", "mode_conflict"),
                row("/api/v1/transactions", "{\"gid\":\"g1\",\"businessKey\":\"k\"}",
                        refused(ErrorCode.BUSINESS_KEY_CONFLICT, tcc("g1", State.TRYING)), 409, "TRYING", "",
                        "business_key_conflict"),
                row("/api/v1/transactions", "{}", refused(ErrorCode.OVERLOADED, null), 429, "", "", "overloaded"),
                row("/api/v1/sagas", "{\"branches\":[{\"branchId\":\"01\"}]}", changed(saga("g1", State.RUNNING)), 201,
                        "RUNNING", "true", ""),
                row(ONE + "/branches", register, changed(tcc("g1", State.TRYING)), 200, "TRYING", "true", ""),
                row(ONE + "/branches", register, known(tcc("g1", State.TRYING)), 200, "TRYING", "false", ""),
                row(ONE + "/branches", register, refused(ErrorCode.NOT_FOUND, null), 404, "", "", "not_found"),
                row(ONE + "/branches", register, refused(ErrorCode.WRONG_STATE, tcc("g1", State.CANCELLED)), 409,
                        "CANCELLED", "", "wrong_state"),
                row(ONE + "/branches", register, refused(ErrorCode.BRANCH_CONFLICT, tcc("g1", State.TRYING)), 409,
                        "TRYING", "", "branch_conflict"),
                row(decide, confirm, changed(tcc("g1", State.CONFIRMING)), 202, "CONFIRMING", "true", ""),
                row(decide, confirm, changed(tcc("g1", State.CONFIRMED)), 200, "CONFIRMED", "true", ""),
                row(decide, confirm, known(tcc("g1", State.CONFIRMED)), 200, "CONFIRMED", "false", ""),
                row(decide, confirm, refused(ErrorCode.DECISION_CONFLICT, tcc("g1", State.CANCELLING)), 409,
                        "CANCELLING", "", "decision_conflict"),
                row(decide, confirm, refused(ErrorCode.NOT_FOUND, null), 404, "", "", "not_found"),
                row(ONE + "/operator/retry", "", changed(tcc("g1", State.CONFIRMING)), 200, "CONFIRMING", "true", ""),
                row(ONE + "/operator/pause", "{}", refused(ErrorCode.WRONG_STATE, tcc("g1", State.CONFIRMED)), 409,
                        "CONFIRMED", "", "wrong_state"));
    }

    private static Arguments row(String path, String body, Reply reply, int status, String state, String changed,
            String code) {
        return Arguments.of(path, body, reply, status, state, changed, code);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void eachReplyHasItsAnswer(String path, String body, Reply reply, int status, String state, String changed,
            String code) {
        server.coordinator.answers(reply);

        Answer got = server.post(path, body);

        assertThat(got.status()).as("%s", got).isEqualTo(status);
        assertThat(got.json().path("code").asText()).isEqualTo(code);
        assertThat(got.json().path("changed").asText()).isEqualTo(changed);
        assertThat((code.isEmpty() ? got.json() : got.json().path("transaction")).path("state").asText())
                .isEqualTo(state);
    }

    @Test
    void beginWithNothingTakesTheDefaults() {
        server.coordinator.answers(changed(tcc("gid-1", State.TRYING)));

        Answer got = server.post("/api/v1/transactions", "{}", "traceparent", TRACE);

        assertThat(got.response().headers().firstValue("location")).contains("/api/v1/transactions/gid-1");
        assertThat(server.coordinator.only(Command.Begin.class)).isEqualTo(new Command.Begin("gid-1", Mode.TCC, 30_000,
                CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                new Attributes("native-http", TRACE, "", "", List.of(), false), List.of()));
    }

    @Test
    void everyFieldOfABeginArrives() {
        server.coordinator.answers(changed(saga("s1", State.RUNNING)));

        server.post("/api/v1/sagas",
                """
                        {"gid": "s1", "businessKey": "order 7 ä", "deadlineMillis": 0, "labels": {"team": "blue"},
                         "headers": {"X-Tenant": "b"}, "order": "graph",
                         "policy": {"callTimeoutMillis": 1, "retryBaseMillis": 2, "retryCapMillis": 3, "ongoingMillis": 4,
                                    "retryLimit": 5},
                         "branches": [
                           {"branchId": "a", "action": "http://127.0.0.1/a", "payload": {"n": 1.10, "big": 12345678901234567890}},
                           {"branchId": "b", "compensate": "http://127.0.0.1/b", "payload": null, "after": ["a"]}]}""",
                "traceparent", TRACE);

        assertThat(server.coordinator.only(Command.Begin.class)).isEqualTo(new Command.Begin("s1", Mode.SAGA, 0,
                new CallPolicy(1, 2, 3, 4, 5), new SagaOrder(true, List.of(List.of(), List.of(0))),
                new Attributes("native-http", TRACE, "order 7 ä", "", List.of(new Header("X-Tenant", "b")), false,
                        List.of(new Label("team", "blue"))),
                List.of(new BranchSpec("a", "http://127.0.0.1/a", "",
                        json("{\"n\":1.10,\"big\":12345678901234567890}")),
                        new BranchSpec("b", "", "http://127.0.0.1/b", json("null")))));
    }

    @Test
    void aRepeatedBeginWithOtherBranchesIsRefused() {
        server.coordinator.answers(known(Transactions.in(State.TRYING, Mode.TCC, "g1",
                branch("01", Progress.IDLE, Progress.IDLE))));
        String body = "{\"gid\":\"g1\",\"branches\":[{\"branchId\":\"%s\"}]}";

        for (String branchId : List.of("01", "02")) {
            Answer got = server.post("/api/v1/transactions", body.formatted(branchId));
            assertThat(got.status()).isEqualTo(409);
            assertThat(got.json().path("code").asText()).isEqualTo("branch_conflict");
            assertThat(got.message()).contains("branch " + branchId);
        }
    }

    @Test
    void registerTakesManyBranchesInOneCommand() {
        server.coordinator.answers(changed(tcc("g1", State.TRYING)));

        server.post(ONE + "/branches", """
                {"branches": [{"branchId": "stock.1", "confirm": "http://127.0.0.1/c", "cancel": "https://127.0.0.1/x",
                               "payload": "text"}, {"branchId": "2"}]}""");

        assertThat(server.coordinator.only(Command.Register.class)).isEqualTo(new Command.Register("g1", List.of(
                new BranchSpec("stock.1", "http://127.0.0.1/c", "https://127.0.0.1/x", json("\"text\"")),
                new BranchSpec("2", "", "", Payload.EMPTY))));
    }

    @Test
    void aDecisionCarriesItsTryResultsOrItsReason() {
        server.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));
        server.post(ONE + "/decision", "{\"decision\":\"confirm\",\"tryResults\":{\"01\":{\"hold\":7},\"02\":false}}");
        server.post(ONE + "/decision", "{\"decision\":\"cancel\",\"reason\":\"sold out\"}");

        assertThat(server.coordinator.commands()).containsExactly(
                new Command.Decide("g1", Decision.CONFIRM, "",
                        List.of(new Command.TryResult("01", json("{\"hold\":7}")),
                                new Command.TryResult("02", json("false")))),
                new Command.Decide("g1", Decision.CANCEL, "sold out", List.of()));
    }

    @Test
    void aHeartbeatTellsWhoIsNotWaitedFor() {
        server.coordinator.answers(new Reply.Alive(1, List.of("g2")));

        Answer got = server.post("/api/v1/heartbeats", "{\"gids\":[\"g1\",\"g2\"]}");

        assertThat(got.text()).isEqualTo("{\"noted\":1,\"ignored\":[\"g2\"]}");
        assertThat(server.coordinator.only(Command.Heartbeat.class).gids()).containsExactly("g1", "g2");
    }

    @Test
    void aGidOfAnotherWireIsTakenFromThePathAsItIs() {
        server.coordinator.answers(changed(tcc("a/b c", State.CONFIRMING)));
        server.post("/api/v1/transactions/a%2Fb%20c/operator/retry", "{\"actor\":\"ann\"}");
        assertThat(server.coordinator.only(Command.Operate.class))
                .isEqualTo(new Command.Operate("a/b c", OperatorAction.RETRY, "ann", ""));
    }

    @Test
    void settlingNeedsAReasonAndTheGidOnceMore() {
        server.coordinator.answers(changed(tcc("g1", State.SETTLED_BY_HAND)));
        String path = ONE + "/operator/settle";
        assertThat(server.post(path, "{\"confirmGid\":\"g1\"}").message()).contains("reason");
        assertThat(server.post(path, "{\"reason\":\"paid by hand\"}").message()).contains("confirmGid");
        assertThat(server.post(path, "{\"reason\":\"x\",\"confirmGid\":\"g2\"}").status()).isEqualTo(400);
        assertThat(server.coordinator.commands()).isEmpty();

        assertThat(server.post(path, "{\"reason\":\"paid by hand\",\"confirmGid\":\"g1\",\"actor\":\"ann\"}").status())
                .isEqualTo(200);
        assertThat(server.coordinator.only(Command.Operate.class))
                .isEqualTo(new Command.Operate("g1", OperatorAction.SETTLE, "ann", "paid by hand"));
    }

    @Test
    void aDryRunOnlyTellsAndADifferentCountSettlesNothing() {
        server.coordinator.lists(new Page(List.of(tcc("g1", State.CONFIRMING), tcc("g2", State.CANCELLING)), ""));
        server.coordinator.answers(changed(tcc("g1", State.SETTLED_BY_HAND)));
        String settle = "/api/v1/operator/settle";

        Answer dry = server.post(settle, "{\"filter\":{\"needsAttention\":true},\"dryRun\":true}");
        assertThat(dry.text()).isEqualTo("{\"dryRun\":true,\"matched\":2,\"gids\":[\"g1\",\"g2\"],"
                + "\"applied\":0,\"refused\":[]}");
        String real = "{\"filter\":{\"paused\":true},\"dryRun\":false,\"reason\":\"x\",\"confirmCount\":%s}";
        Answer other = server.post(settle, real.formatted(3));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.message()).contains("confirmCount is 3, but 2");
        assertThat(server.post(settle, "{\"filter\":{\"paused\":true},\"dryRun\":false,\"reason\":\"x\"}").message())
                .contains("confirmCount");
        assertThat(server.coordinator.commands()).isEmpty();

        assertThat(server.post(settle, real.formatted(2)).json().path("applied").asInt()).isEqualTo(2);
        assertThat(server.coordinator.commands()).containsExactly(
                new Command.Operate("g1", OperatorAction.SETTLE, "api", "x"),
                new Command.Operate("g2", OperatorAction.SETTLE, "api", "x"));
    }

    @Test
    void aBatchSaysForWhomItWasRefused() {
        server.coordinator.lists(new Page(List.of(tcc("g1", State.CONFIRMING)), ""));
        server.coordinator.answers(refused(ErrorCode.WRONG_STATE, tcc("g1", State.CONFIRMED)));

        Answer got = server.post("/api/v1/operator/retry", "{\"filter\":{\"mode\":\"tcc\"},\"dryRun\":false}");

        assertThat(got.json().path("applied").asInt()).isZero();
        assertThat(got.json().path("refused").get(0).path("code").asText()).isEqualTo("wrong_state");
    }

    private static Payload json(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
