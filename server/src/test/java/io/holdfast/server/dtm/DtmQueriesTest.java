package io.holdfast.server.dtm;

import static io.holdfast.server.testing.Transactions.branch;
import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.known;
import static io.holdfast.server.testing.Transactions.refused;
import static io.holdfast.server.testing.Transactions.saga;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Overloaded;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.Version;
import io.holdfast.server.http.Answers;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import io.holdfast.server.testing.Transactions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DtmQueriesTest {

    private final TestServer server = TestServer.ready();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void newGidIssuesIds() {
        assertThat(server.get("/api/dtmsvr/newGid").text()).isEqualTo("{\"gid\":\"gid-1\",\"dtm_result\":\"SUCCESS\"}");
        assertThat(server.get("/api/dtmsvr/newGid").text()).contains("gid-2");
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertThat(Version.CURRENT).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(server.get("/api/dtmsvr/version").text()).isEqualTo("{\"version\":\"v" + Version.CURRENT + "\"}");
    }

    @Test
    void queryWithoutGidIsAnError() {
        Answer got = server.get("/api/dtmsvr/query");

        assertThat(got.status()).isEqualTo(500);
        assertThat(got.text()).isEqualTo("{\"message\":\"no gid specified\"}");
    }

    @Test
    void queryOfAnUnknownGidShowsNothing() {
        Answer got = server.get("/api/dtmsvr/query?gid=nobody");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.text()).isEqualTo("{\"transaction\":null,\"branches\":[]}");
    }

    @Test
    void tooManyQueriesAreRefusedAndNotUnknown() {
        server.coordinator.queriesFail(new Overloaded("too many queries are waiting"));

        for (String query : List.of("query?gid=g", "all?gid=g")) {
            Answer got = server.get("/api/dtmsvr/" + query);

            assertThat(got.status()).isEqualTo(429);
            assertThat(got.response().headers().firstValue("retry-after")).contains("1");
            assertThat(got.text()).contains("\"code\":\"overloaded\"", "too many queries are waiting");
        }
    }

    @Test
    void querySagaShowsCompensationBeforeActionForEachStep() {
        Transaction transaction = Transactions.in(State.RUNNING, Mode.SAGA, "s1",
                branch("01", Progress.DONE, Progress.IDLE), branch("02", Progress.FAILED, Progress.OWED));
        server.coordinator.knows(new TransactionView(transaction, List.of(),
                List.of("hi".getBytes(StandardCharsets.UTF_8), new byte[0]), 0));

        JsonNode branches = server.get("/api/dtmsvr/query?gid=s1").json().path("branches");

        assertThat(branches).extracting(row -> row.path("branch_id").asText() + " " + row.path("op").asText() + " "
                + row.path("status").asText()).containsExactly("01 compensate prepared", "01 action succeed",
                        "02 compensate prepared", "02 action failed");
        assertThat(branches.get(1).path("url").asText()).isEqualTo("http://127.0.0.1/01/forward");
        assertThat(branches.get(1).path("bin_data").asText()).isEqualTo("aGk=");
        assertThat(branches.get(1).path("finish_time").asText()).isEqualTo("2023-11-14T22:13:20.500Z");
        assertThat(branches.get(2).has("bin_data")).isFalse();
        assertThat(branches.get(2).has("finish_time")).isFalse();
    }

    @Test
    void payloadsBeyondFourMegabytesAreNotShown() {
        byte[] large = new byte[3 << 20];
        server.coordinator.knows(new TransactionView(Transactions.in(State.RUNNING, Mode.SAGA, "s1",
                branch("01", Progress.DONE, Progress.IDLE), branch("02", Progress.OWED, Progress.IDLE),
                branch("03", Progress.OWED, Progress.IDLE)), List.of(), List.of(large, large, new byte[1]), 0));

        JsonNode branches = server.get("/api/dtmsvr/query?gid=s1").json().path("branches");

        assertThat(branches).extracting(row -> row.path("branch_id").asText() + " " + row.has("bin_data"))
                .containsExactly("01 true", "01 true", "02 false", "02 false", "03 true", "03 true");
    }

    @Test
    void queryTccShowsCancelBeforeConfirm() {
        server.coordinator.knows(Transactions.in(State.CONFIRMING, Mode.TCC, "g1",
                branch("01", Progress.OWED, Progress.IDLE), branch("02", Progress.OWED, Progress.IDLE)));

        JsonNode branches = server.get("/api/dtmsvr/query?gid=g1").json().path("branches");

        assertThat(branches).extracting(row -> row.path("branch_id").asText() + " " + row.path("op").asText())
                .containsExactly("01 cancel", "01 confirm", "02 cancel", "02 confirm");
    }

    @Test
    void queryShowsOptionsAlsoAsText() throws Exception {
        Attributes attributes = new Attributes("dtm-http", "", "", "mine",
                List.of(new Header("x-tenant", "blue"), new Header("Authorization", "Bearer abc")), true);
        server.coordinator.knows(Transactions.with(Transactions.terms("s1", Mode.SAGA, attributes), State.CANCELLED,
                "out of stock"));

        Answer got = server.get("/api/dtmsvr/query?gid=s1");

        JsonNode transaction = got.json().path("transaction");
        assertThat(transaction.path("gid").asText()).isEqualTo("s1");
        assertThat(transaction.path("trans_type").asText()).isEqualTo("saga");
        assertThat(transaction.path("status").asText()).isEqualTo("failed");
        assertThat(transaction.path("create_time").asText()).isEqualTo(Transactions.CREATED);
        assertThat(transaction.path("rollback_time").asText()).isEqualTo("2023-11-14T22:13:21Z");
        assertThat(transaction.has("finish_time")).isFalse();
        assertThat(transaction.path("rollback_reason").asText()).isEqualTo("out of stock");
        assertThat(transaction.path("custom_data").asText()).isEqualTo("mine");
        assertThat(transaction.path("options").isTextual()).isTrue();
        JsonNode options = Answers.JSON.readTree(transaction.path("options").asText());
        assertThat(options.toString()).isEqualTo("{\"wait_result\":true,\"timeout_to_fail\":35,\"request_timeout\":3,"
                + "\"retry_interval\":10,\"branch_headers\":{\"x-tenant\":\"blue\",\"Authorization\":\"(hidden)\"},"
                + "\"concurrent\":false}");
        assertThat(got.text()).doesNotContain("Bearer abc");
    }

    @ParameterizedTest
    @CsvSource({"TRYING,prepared", "CONFIRMING,submitted", "RUNNING,submitted", "CANCELLING,aborting",
            "COMPENSATING,aborting", "CONFIRMED,succeed", "CANCELLED,failed", "SETTLED_BY_HAND,failed"})
    void statesAreShownInTheWordsOfDtm(State state, String status) {
        server.coordinator.knows(tcc("g1", state));

        assertThat(server.get("/api/dtmsvr/query?gid=g1").json().path("transaction").path("status").asText())
                .isEqualTo(status);
    }

    @Test
    void allPassesItsFilterOn() {
        server.coordinator.lists(new Page(List.of(tcc("g1", State.TRYING)), "next"));

        Answer got = server.get("/api/dtmsvr/all?status=failed&transType=tcc&createTimeStart=1000&createTimeEnd=2000"
                + "&position=here&limit=5");

        assertThat(server.coordinator.listQueries()).containsExactly(new ListQuery(
                List.of(State.CANCELLED, State.SETTLED_BY_HAND), Mode.TCC, "", 1_000, 2_000, "here", 5));
        assertThat(got.json().path("transactions")).hasSize(1);
        assertThat(got.json().path("next_position").asText()).isEqualTo("next");
    }

    @Test
    void aPageOfLargeTransactionsIsShorterAndItsCursorIsAskedForAgain() {
        Attributes large = new Attributes("dtm-http", "", "", "x".repeat(3 << 20), List.of(), false);
        Transaction one = Transactions.with(Transactions.terms("s1", Mode.SAGA, large), State.RUNNING, "");
        server.coordinator.lists(new Page(List.of(one, one, one), "next"));

        assertThat(server.get("/api/dtmsvr/all?limit=50").json().path("transactions")).hasSize(1);

        assertThat(server.coordinator.listQueries()).extracting(ListQuery::limit).containsExactly(50, 1);
    }

    @Test
    void allWithoutFilterTakesAHundred() {
        assertThat(server.get("/api/dtmsvr/all").text()).isEqualTo("{\"transactions\":[],\"next_position\":\"\"}");
        assertThat(server.coordinator.listQueries())
                .containsExactly(new ListQuery(List.of(), null, "", 0, 0, "", 100));
    }

    @Test
    void allWithAGidIsAListOfOneOrNull() {
        server.coordinator.knows(saga("s1", State.RUNNING));

        assertThat(server.get("/api/dtmsvr/all?gid=s1").json().path("transactions")).hasSize(1);
        assertThat(server.get("/api/dtmsvr/all?gid=s2").text())
                .isEqualTo("{\"transactions\":null,\"next_position\":\"\"}");
    }

    @Test
    void allOfATypeThatIsNotRunIsEmpty() {
        assertThat(server.get("/api/dtmsvr/all?transType=xa").json().path("transactions")).isEmpty();
        assertThat(server.coordinator.listQueries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "status=lost", "transType=tpc", "createTimeStart=-1",
            "createTimeEnd=99999999999999999999"})
    void anAbsurdFilterIsRefused(String filter) {
        Answer got = server.get("/api/dtmsvr/all?" + filter);

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).contains(filter.substring(0, filter.indexOf('=')), "allowed: ");
    }

    @Test
    void forceStopSettlesByHand() {
        server.coordinator.answers(changed(tcc("g1", State.SETTLED_BY_HAND)));

        assertThat(server.dtm("forceStop", "{\"gid\":\"g1\"}").text()).isEqualTo("{\"dtm_result\":\"SUCCESS\"}");
        Command.Operate operate = server.coordinator.only(Command.Operate.class);
        assertThat(operate.action()).isEqualTo(OperatorAction.SETTLE);
        assertThat(operate.reason()).isNotBlank();
    }

    @Test
    void forceStopOfWhatIsFinishedFailsInTheWordsOfDtm() {
        String message = "global transaction force stop error. status: succeed. error: FAILURE";
        server.coordinator.answers(refused(ErrorCode.WRONG_STATE, tcc("g1", State.CONFIRMED)));
        assertThat(server.dtm("forceStop", "{\"gid\":\"g1\"}").text())
                .isEqualTo("{\"dtm_result\":\"FAILURE\",\"message\":\"" + message + "\"}");

        server.coordinator.answers(known(tcc("g1", State.CONFIRMED)));
        assertThat(server.dtm("forceStop", "{\"gid\":\"g1\"}").status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forceStop", "resetNextCronTime"})
    void ordersForAnUnknownGidAreErrors(String endpoint) {
        server.coordinator.answers(refused(ErrorCode.NOT_FOUND, null));

        Answer got = server.dtm(endpoint, "{\"gid\":\"g1\"}");

        assertThat(got.status()).isEqualTo(500);
        assertThat(got.message()).isEqualTo("no TransGlobal with gid: g1 found");
    }

    @Test
    void resetNextCronTimeRetriesAtOnce() {
        server.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));

        assertThat(server.dtm("resetNextCronTime", "{\"gid\":\"g1\"}").text())
                .isEqualTo("{\"dtm_result\":\"SUCCESS\"}");
        assertThat(server.coordinator.only(Command.Operate.class).action()).isEqualTo(OperatorAction.RETRY);
    }

    @Test
    void whatDoesNotExistIsSaidInJson() {
        assertThat(server.get("/api/dtmsvr/nonsense").status()).isEqualTo(404);
        assertThat(server.get("/api/dtmsvr/nonsense").json().path("code").asText()).isEqualTo("no_such_endpoint");
        assertThat(server.get("/api/dtmsvr/prepare").status()).isEqualTo(405);
        assertThat(server.get("/api/dtmsvr/prepare").json().path("code").asText()).isEqualTo("method_not_allowed");
    }
}
