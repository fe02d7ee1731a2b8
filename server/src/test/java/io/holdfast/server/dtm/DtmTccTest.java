package io.holdfast.server.dtm;

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
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import io.holdfast.server.testing.Transactions;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DtmTccTest {

    private static final String G = "{\"gid\":\"g1\",\"trans_type\":\"tcc\"}";
    private static final String BRANCH = """
            {"gid":"g1","trans_type":"tcc","branch_id":"01","data":"{\\"amount\\":30}","op":"try","status":"prepared",
             "confirm":"http://127.0.0.1:1/confirm","cancel":"http://127.0.0.1:1/cancel"}""";

    private final TestServer server = TestServer.ready();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Endpoint, body, what the engine replies, status and body of the answer: the error table of the wire. */
    static Stream<Arguments> answers() {
        return Stream.of(
                row("prepare", G, changed(tcc("g1", State.TRYING)), 200, success()),
                row("prepare", G, known(tcc("g1", State.TRYING)), 200, success()),
                row("prepare", G, known(tcc("g1", State.CONFIRMING)), 409,
                        failure("current status 'submitted', cannot prepare. FAILURE")),
                row("prepare", G, known(tcc("g1", State.CANCELLING)), 409,
                        failure("current status 'aborting', cannot prepare. FAILURE")),
                row("prepare", G, known(tcc("g1", State.CONFIRMED)), 409,
                        failure("current status 'succeed', cannot prepare. FAILURE")),
                row("prepare", G, known(tcc("g1", State.SETTLED_BY_HAND)), 409,
                        failure("current status 'failed', cannot prepare. FAILURE")),
                row("prepare", G, refused(ErrorCode.MODE_CONFLICT, saga("g1", State.RUNNING)), 409,
                        failure("current status 'submitted', cannot prepare. FAILURE")),
                row("registerBranch", BRANCH, changed(tcc("g1", State.TRYING)), 200, success()),
                row("registerTccBranch", BRANCH, changed(tcc("g1", State.TRYING)), 200, success()),
                row("registerXaBranch", BRANCH, changed(tcc("g1", State.TRYING)), 200, success()),
                row("registerBranch", BRANCH, known(tcc("g1", State.TRYING)), 200, success()),
                row("registerBranch", BRANCH, refused(ErrorCode.NOT_FOUND, null), 409,
                        failure("no trans with gid: g1 status: prepared found FAILURE")),
                row("registerBranch", BRANCH, refused(ErrorCode.WRONG_STATE, tcc("g1", State.CANCELLING)), 409,
                        failure("no trans with gid: g1 status: prepared found FAILURE")),
                row("registerBranch", BRANCH, refused(ErrorCode.BRANCH_CONFLICT, tcc("g1", State.TRYING)), 500,
                        "{\"message\":\"branch 01 of gid g1 is registered already, with other contents\"}"),
                row("submit", G, changed(tcc("g1", State.CONFIRMING)), 200, success()),
                row("submit", G, changed(tcc("g1", State.CONFIRMED)), 200, success()),
                row("submit", G, known(tcc("g1", State.CONFIRMING)), 200, success()),
                row("submit", G, known(tcc("g1", State.CONFIRMED)), 409,
                        failure("current status 'succeed', cannot sumbmit. FAILURE")),
                row("submit", G, refused(ErrorCode.DECISION_CONFLICT, tcc("g1", State.CANCELLING)), 409,
                        failure("current status 'aborting', cannot sumbmit. FAILURE")),
                row("submit", G, refused(ErrorCode.DECISION_CONFLICT, tcc("g1", State.CANCELLED)), 409,
                        failure("current status 'failed', cannot sumbmit. FAILURE")),
                row("submit", G, refused(ErrorCode.WRONG_STATE, saga("g1", State.RUNNING)), 409,
                        failure("current status 'submitted', cannot sumbmit. FAILURE")),
                row("submit", G, refused(ErrorCode.NOT_FOUND, null), 409,
                        failure("no trans with gid: g1 found: prepare it first, or its outcome was forgotten after its"
                                + " retention. FAILURE")));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void repliesBecomeAnswersInTheWordsOfDtm(String endpoint, String body, Reply reply, int status, String answer) {
        server.coordinator.answers(reply);

        Answer got = server.dtm(endpoint, body);

        assertThat(got.status()).isEqualTo(status);
        assertThat(got.text()).isEqualTo(answer);
        assertThat(server.coordinator.commands()).hasSize(1);
    }

    /** State that abort finds, what the engine replies, status and body of the answer. */
    static Stream<Arguments> aborts() {
        return Stream.of(
                Arguments.of("tcc", State.TRYING, changed(tcc("g1", State.CANCELLING)), 200, success()),
                Arguments.of("tcc", State.TRYING, changed(tcc("g1", State.CANCELLED)), 200, success()),
                Arguments.of("tcc", State.CANCELLING, known(tcc("g1", State.CANCELLING)), 200, success()),
                Arguments.of("tcc", State.CANCELLED, known(tcc("g1", State.CANCELLED)), 409,
                        failure("trans type: 'tcc' current status 'failed', cannot abort. FAILURE")),
                Arguments.of("tcc", State.CONFIRMING,
                        refused(ErrorCode.DECISION_CONFLICT, tcc("g1", State.CONFIRMING)), 409,
                        failure("trans type: 'tcc' current status 'submitted', cannot abort. FAILURE")),
                Arguments.of("tcc", State.CONFIRMED, refused(ErrorCode.DECISION_CONFLICT, tcc("g1", State.CONFIRMED)),
                        409, failure("trans type: 'tcc' current status 'succeed', cannot abort. FAILURE")),
                Arguments.of("tcc", State.TRYING, refused(ErrorCode.NOT_FOUND, null), 500,
                        "{\"message\":\"no TransGlobal with gid: g1 found\"}"));
    }

    @ParameterizedTest
    @MethodSource("aborts")
    void abortAnswersInTheWordsOfDtm(String transType, State before, Reply reply, int status, String answer) {
        server.coordinator.knows(tcc("g1", before));
        server.coordinator.answers(reply);

        Answer got = server.dtm("abort", "{\"gid\":\"g1\",\"trans_type\":\"" + transType + "\"}");

        assertThat(got.status()).isEqualTo(status);
        assertThat(got.text()).isEqualTo(answer);
    }

    @Test
    void abortOfAnUnknownGidIsAnError() {
        Answer got = server.dtm("abort", G);

        assertThat(got.status()).isEqualTo(500);
        assertThat(got.text()).isEqualTo("{\"message\":\"no TransGlobal with gid: g1 found\"}");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcc", "saga", ""})
    void aSagaIsNeverAbortedByItsCaller(String transType) {
        server.coordinator.knows(saga("g1", State.RUNNING));

        Answer got = server.dtm("abort", "{\"gid\":\"g1\",\"trans_type\":\"" + transType + "\"}");

        assertThat(got.status()).isEqualTo(409);
        assertThat(got.message())
                .isEqualTo("trans type: '" + transType + "' current status 'submitted', cannot abort. FAILURE");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void prepareBeginsWithTheDefaultsOfDtm() {
        server.coordinator.answers(changed(tcc("g1", State.TRYING)));

        server.dtm("prepare", G);

        Command.Begin begin = server.coordinator.only(Command.Begin.class);
        assertThat(begin.gid()).isEqualTo("g1");
        assertThat(begin.mode()).isEqualTo(Mode.TCC);
        assertThat(begin.deadlineMillis()).isEqualTo(35_000);
        assertThat(begin.policy()).isEqualTo(new CallPolicy(3_000, 10_000, 300_000, 10_000, 0));
        assertThat(begin.branches()).isEmpty();
        assertThat(begin.attributes().wire()).isEqualTo("dtm-http");
        assertThat(begin.attributes().traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }

    @Test
    void prepareTakesTheOptionsOfTheRequest() {
        server.coordinator.answers(changed(tcc("g1", State.TRYING)));

        server.dtm("prepare", """
                {"gid":"g1","trans_type":"tcc","timeout_to_fail":7,"request_timeout":20,"retry_interval":900,
                 "wait_result":true,"branch_headers":{"X-Tenant":"blue"},"custom_data":"mine"}""");

        Command.Begin begin = server.coordinator.only(Command.Begin.class);
        assertThat(begin.deadlineMillis()).isEqualTo(7_000);
        assertThat(begin.policy()).isEqualTo(new CallPolicy(20_000, 900_000, 900_000, 900_000, 0));
        assertThat(begin.attributes().waitResult()).isTrue();
        assertThat(begin.attributes().customData()).isEqualTo("mine");
        assertThat(begin.attributes().headers()).singleElement().hasToString("Header[name=X-Tenant, value=blue]");
    }

    @Test
    void registerBranchRegistersOneBranchWithItsPayload() {
        server.coordinator.answers(changed(tcc("g1", State.TRYING)));

        server.dtm("registerBranch", BRANCH);

        Command.Register register = server.coordinator.only(Command.Register.class);
        assertThat(register.gid()).isEqualTo("g1");
        assertThat(register.branches()).containsExactly(new BranchSpec("01", "http://127.0.0.1:1/confirm",
                "http://127.0.0.1:1/cancel", Payload.of("{\"amount\":30}".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void submitConfirmsAndAbortCancelsWithItsReasonCutToABound() {
        server.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));
        server.dtm("submit", G);
        assertThat(server.coordinator.only(Command.Decide.class).decision()).isEqualTo(Decision.CONFIRM);

        server.coordinator.knows(tcc("g1", State.TRYING));
        server.dtm("abort",
                "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"rollback_reason\":\"" + "r".repeat(5_000) + "\"}");
        Command.Decide cancel = (Command.Decide) server.coordinator.commands().get(1);
        assertThat(cancel.decision()).isEqualTo(Decision.CANCEL);
        assertThat(cancel.reason()).isEqualTo("r".repeat(1_024));
    }

    @ParameterizedTest
    @ValueSource(strings = {"msg", "xa", "workflow"})
    void typesThatAreNotRunAreRefusedAndNothingIsStored(String transType) {
        String body = "{\"gid\":\"g1\",\"trans_type\":\"" + transType + "\",\"branch_id\":\"01\"}";
        for (String endpoint : new String[]{"prepare", "submit", "abort", "registerBranch"}) {
            Answer got = server.dtm(endpoint, body);
            assertThat(got.status()).isEqualTo(500);
            assertThat(got.message()).isEqualTo("unknow trans type: " + transType
                    + " (this server does not run it yet; it runs tcc and saga)");
        }
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void anUnknownTypeIsRefusedInTheWordsOfDtm() {
        Answer got = server.dtm("prepare", "{\"gid\":\"g1\",\"trans_type\":\"tpc\"}");

        assertThat(got.status()).isEqualTo(500);
        assertThat(got.text()).isEqualTo("{\"message\":\"unknow trans type: tpc\"}");
        assertThat(server.dtm("registerBranch", "{\"gid\":\"g1\",\"trans_type\":\"saga\"}").message())
                .isEqualTo("unknow trans type: saga");
    }

    @Test
    void overloadIsSaidWithATimeToComeBack() {
        server.coordinator.answers(refused(ErrorCode.OVERLOADED, null));

        Answer got = server.dtm("prepare", G);

        assertThat(got.status()).isEqualTo(429);
        assertThat(got.text()).isEqualTo("{\"code\":\"overloaded\",\"message\":\"said no\"}");
        assertThat(got.response().headers().firstValue("retry-after")).hasValue("1");
    }

    @Test
    void anEngineThatStopsLeavesTheOutcomeUnknown() {
        Answer got = server.dtm("prepare", G);

        assertThat(got.status()).isEqualTo(504);
        assertThat(got.json().path("code").asText()).isEqualTo("unknown_outcome");
    }

    @Test
    void waitingForATccThatIsNotFinishedInTimeIsOngoing() {
        server.coordinator.answers(changed(Transactions.with(new Terms("g1", Mode.TCC, 1, 0, 0, 0,
                new CallPolicy(100, 1_000, 1_000, 1_000, 0), SagaOrder.SEQUENTIAL,
                Attributes.NONE), State.CONFIRMING, "")));

        Answer got = server.dtm("submit", "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"wait_result\":true}");

        assertThat(got.status()).isEqualTo(425);
        assertThat(got.json().path("dtm_result").asText()).isEqualTo("ONGOING");
        assertThat(server.coordinator.end()).isCancelled();
    }

    @Test
    void waitingForATccThatEndsInTimeIsASuccess() {
        server.coordinator.answers(changed(tcc("g1", State.CONFIRMING)));
        server.coordinator.end().complete(tcc("g1", State.CONFIRMED));

        Answer got = server.dtm("submit", "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"wait_result\":true}");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.text()).isEqualTo(success());
    }

    private static Arguments row(String endpoint, String body, Reply reply, int status, String answer) {
        return Arguments.of(endpoint, body, reply, status, answer);
    }

    private static String success() {
        return "{\"dtm_result\":\"SUCCESS\"}";
    }

    private static String failure(String message) {
        return "{\"dtm_result\":\"FAILURE\",\"message\":\"" + message + "\"}";
    }
}
