package io.holdfast.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a request must not be: refused with what is wrong, where, and what is allowed; nothing reaches the engine. */
class RestRequestsTest {

    private static final String BEGIN = "/api/v1/transactions";
    private static final String ONE = BEGIN + "/g1";
    private static final String DECISION = ONE + "/decision";

    private final TestServer server = TestServer.ready();

    @AfterEach
    void stop() {
        server.close();
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                row(BEGIN, "", "not a JSON object but empty"),
                row(BEGIN, "[]", "not a JSON object but a list"),
                row(BEGIN, "{\"gid\":\"a\",}", "not valid JSON at line 1"),
                row(BEGIN, "{\"gid\":\"a\",\"gid\":\"b\"}", "Duplicate field"),
                row(BEGIN, "{\"labels\":{\"a\":\"1\",\"a\":\"2\"}}", "Duplicate field"),
                row(BEGIN, "{\"Gid\":\"a\"}", "unknown field \"Gid\"; allowed: branches, businessKey"),
                row(BEGIN, "{\"policy\":{\"retries\":1}}", "unknown field \"policy.retries\""),
                row(BEGIN, "{\"branches\":[{\"branchId\":\"a\",\"url\":\"x\"}]}", "unknown field \"branches[0].url\""),
                row(BEGIN, "{\"gid\":null}", "field gid is null; allowed: a string"),
                row(BEGIN, "{\"gid\":7}", "field gid is a number; allowed: a string"),
                row(BEGIN, "{\"gid\":\"\"}", "field gid is the empty string"),
                row(BEGIN, "{\"gid\":\"a b\"}", "field gid is \"a b\"; allowed: 1 to 128 characters of A-Z"),
                row(BEGIN, "{\"gid\":\"" + "g".repeat(129) + "\"}", "of 129 characters"),
                row(BEGIN, "{\"businessKey\":\"a\\u0000\"}", "field businessKey"),
                row(BEGIN, "{\"businessKey\":\"\\ud800\"}", "half of a surrogate pair"),
                row(BEGIN, "{\"mode\":\"TCC\"}", "field mode is \"TCC\"; allowed: tcc, saga"),
                row(BEGIN, "{\"mode\":\"saga\"}", "field branches is empty"),
                row(BEGIN, "{\"order\":\"graph\"}", "only of a Saga"),
                row(BEGIN, "{\"deadlineMillis\":0}", "field deadlineMillis is 0; allowed: a whole number from 1"),
                row(BEGIN, "{\"deadlineMillis\":-1}", "field deadlineMillis"),
                row(BEGIN, "{\"deadlineMillis\":1.0}", "field deadlineMillis"),
                row(BEGIN, "{\"deadlineMillis\":\"1\"}", "field deadlineMillis is a string"),
                row(BEGIN, "{\"deadlineMillis\":9007199254740992}", "a whole number from 0 to 31622400000"),
                row(BEGIN, "{\"deadlineMillis\":99999999999999999999999}", "field deadlineMillis"),
                row(BEGIN, "{\"policy\":{\"retryBaseMillis\":5,\"retryCapMillis\":4}}", "policy.retryCapMillis is 4"),
                row(BEGIN, "{\"policy\":{\"retryLimit\":1}}",
                        "policy.retryLimit is 1; allowed: a whole number from 0 to 0"),
                row(BEGIN, "{\"policy\":{\"callTimeoutMillis\":0}}", "policy.callTimeoutMillis"),
                row(BEGIN, "{\"labels\":{\"a b\":\"1\"}}", "field labels is the name \"a b\""),
                row(BEGIN, "{\"labels\":{\"a\":1}}", "a number"),
                row(BEGIN, "{\"headers\":{\"Host\":\"x\"}}", "field headers is the name \"Host\""),
                row(BEGIN, "{\"headers\":{\"holdfast-gid\":\"x\"}}", "holdfast-gid"),
                row(BEGIN, "{\"headers\":{\"a\":\"x\\r\\ny\"}}", "field headers.a"),
                row(BEGIN, "{\"branches\":{}}", "field branches is an object; allowed: a list"),
                row(BEGIN, "{\"branches\":[1]}", "field branches[0] is a number; allowed: an object"),
                row(BEGIN, "{\"branches\":[{}]}", "field branches[0].branchId is the empty string"),
                row(BEGIN, "{\"branches\":[{\"branchId\":\"a\"},{\"branchId\":\"a\"}]}", "each branch once"),
                row(BEGIN, "{\"branches\":[{\"branchId\":\"a\",\"action\":\"http://127.0.0.1/\"}]}", "in a TCC"),
                row(BEGIN, "{\"branches\":[{\"branchId\":\"a\",\"after\":[\"b\"]}]}",
                        "only in a Saga of the order graph"),
                row(BEGIN, "{\"branches\":[{\"branchId\":\"a\",\"confirm\":\"ftp://127.0.0.1/\"}]}",
                        "it must begin with"),
                row(BEGIN, "{\"branches\":[{\"branchId\":\"a\",\"confirm\":\"http://10.0.0.1/\"}]}",
                        "may not be called"),
                row("/api/v1/sagas", "{}", "field branches is empty"),
                row("/api/v1/sagas", "{\"mode\":\"saga\"}", "unknown field \"mode\""),
                row("/api/v1/sagas", "{\"order\":\"graph\",\"branches\":[{\"branchId\":\"a\",\"after\":[\"a\"]}]}",
                        "cycle"),
                row("/api/v1/sagas", "{\"order\":\"graph\",\"branches\":[{\"branchId\":\"a\",\"after\":[\"b\"]}]}",
                        "ids of branches of the same request"),
                row(ONE + "/branches", "{\"branches\":[]}", "field branches is empty"),
                row(DECISION, "{}", "field decision is missing; allowed: confirm, cancel"),
                row(DECISION, "{\"decision\":\"abort\"}", "field decision is \"abort\""),
                row(DECISION, "{\"decision\":\"confirm\",\"reason\":\"x\"}", "only with the decision cancel"),
                row(DECISION, "{\"decision\":\"cancel\",\"tryResults\":{\"a\":1}}", "only with the decision confirm"),
                row("/api/v1/heartbeats", "{\"gids\":[]}", "field gids is empty"),
                row("/api/v1/heartbeats", "{\"gids\":[\"\"]}", "field gids[0]"),
                row(ONE + "/operator/stop", "", "field action is \"stop\"; allowed: retry, pause, resume, settle"),
                row(ONE + "/operator/retry", "{\"confirmGid\":\"g1\"}", "only to settle"),
                row("/api/v1/operator/retry", "{\"filter\":{\"paused\":true}}", "field dryRun is missing"),
                row("/api/v1/operator/retry", "{\"dryRun\":true}", "field filter is missing"),
                row("/api/v1/operator/retry", "{\"filter\":{},\"dryRun\":true}", "field filter is empty"),
                row("/api/v1/operator/retry", "{\"filter\":{\"states\":[\"CONFIRMED\"]},\"dryRun\":true}",
                        "unfinished"),
                row("/api/v1/operator/retry", "{\"filter\":{\"from\":\"noon\"},\"dryRun\":true}", "filter.from"),
                row("/api/v1/gids?count=0", "", "field count is \"0\""),
                row("/api/v1/gids?n=1", "", "unknown parameter \"n\"; allowed: count"),
                row(DECISION + "?force=true", "{\"decision\":\"confirm\"}", "unknown parameter \"force\""));
    }

    private static Arguments row(String path, String body, String said) {
        return Arguments.of(path, body, said);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whatIsWrongIsSaid(String path, String body, String said) {
        Answer got = server.post(path, body);

        assertThat(got.status()).as("%s", got).isEqualTo(400);
        assertThat(got.message()).contains(said).hasSizeLessThan(1_000);
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void whatIsTooLargeIsRefusedByName() {
        String large = "x".repeat(1 << 20);
        assertTooLarge(server.post(BEGIN, "{\"branches\":[{\"branchId\":\"a\",\"payload\":\"" + large + "\"}]}"),
                "branches[0].payload has 1048578 bytes");
        assertTooLarge(server.post(DECISION, "{\"decision\":\"confirm\",\"tryResults\":{\"a\":\""
                + "x".repeat(64 << 10) + "\"}}"), "at most 65536 bytes");
        assertTooLarge(server.post(BEGIN, "{\"branches\":[" + "{},".repeat(1_000) + "{}]}"), "1001 elements");
        assertTooLarge(server.post("/api/v1/heartbeats", "{\"gids\":[" + "\"a\",".repeat(1_000) + "\"a\"]}"),
                "1001 elements");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    private static void assertTooLarge(Answer got, String said) {
        assertThat(got.status()).as("%s", got).isEqualTo(413);
        assertThat(got.json().path("code").asText()).isEqualTo("too_large");
        assertThat(got.message()).contains(said);
    }

    static Stream<Arguments> queries() {
        return Stream.of(Arguments.of(BEGIN + "?state=DONE", "field state is \"DONE\"; allowed: TRYING"),
                Arguments.of(BEGIN + "?mode=xa", "field mode"), Arguments.of(BEGIN + "?limit=0", "field limit"),
                Arguments.of(BEGIN + "?limit=1001", "field limit"), Arguments.of(BEGIN + "?limit=1&limit=2", "once"),
                Arguments.of(BEGIN + "?from=2026", "a time after 1970"),
                Arguments.of(BEGIN + "?needsAttention=yes", "true, false"),
                Arguments.of(BEGIN + "?businessKey=", "field businessKey is empty"),
                Arguments.of(BEGIN + "?status=TRYING", "unknown parameter \"status\""),
                Arguments.of(BEGIN + "?cursor=" + "1".repeat(65), "field cursor"),
                Arguments.of(ONE + "?full=true", "unknown parameter \"full\"; allowed: none"),
                Arguments.of(ONE + "/wait?timeoutMillis=40001", "from 0 to 40000"),
                Arguments.of(ONE + "/events?x=1", "unknown parameter"),
                Arguments.of(BEGIN + "/" + "g".repeat(129), "field gid"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void queriesAreReadAsStrictly(String path, String said) {
        Answer got = server.get(path);

        assertThat(got.status()).as("%s", got).isEqualTo(400);
        assertThat(got.message()).contains(said);
        assertThat(server.coordinator.listQueries()).isEmpty();
    }

    @Test
    void otherPathsAndMethodsAreToldApart() {
        assertThat(server.get("/api/v1/nothing").json().path("code").asText()).isEqualTo("no_such_endpoint");
        assertThat(server.get(DECISION).json().path("code").asText()).isEqualTo("method_not_allowed");
        assertThat(server.get("/api/v1/sagas").status()).isEqualTo(405);
    }

    @Test
    void aServerThatStartsOrStopsSaysSo() {
        try (TestServer starting = TestServer.starting(null)) {
            assertThat(starting.post(BEGIN, "{}").json().path("code").asText()).isEqualTo("starting");
            assertThat(starting.get(ONE + "/events").json().path("code").asText()).isEqualTo("starting");
        }
        server.server.drain();
        assertThat(server.post(BEGIN, "{}").json().path("code").asText()).isEqualTo("draining");
    }

    @Test
    void noAnswerFromTheEngineIsUnknownAndNotAFailure() {
        Answer got = server.post(BEGIN, "{}");
        assertThat(got.status()).isEqualTo(504);
        assertThat(got.json().path("code").asText()).isEqualTo("unknown_outcome");
    }
}
