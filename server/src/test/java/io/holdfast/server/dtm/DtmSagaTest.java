package io.holdfast.server.dtm;

import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.known;
import static io.holdfast.server.testing.Transactions.refused;
import static io.holdfast.server.testing.Transactions.saga;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.holdfast.engine.Coordinator.Overloaded;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DtmSagaTest {

    private static final String SUBMIT = """
            {"gid":"s1","trans_type":"saga","steps":[
             {"action":"http://127.0.0.1:1/out","compensate":"http://127.0.0.1:1/outBack"},
             {"action":"http://127.0.0.1:1/in","compensate":""}],"payloads":["{\\"a\\":1}",""]}""";

    private final TestServer server = TestServer.ready();

    @AfterEach
    void stop() {
        server.close();
    }

    static Stream<Arguments> answers() {
        return Stream.of(Arguments.of(changed(saga("s1", State.RUNNING)), 200, "{\"dtm_result\":\"SUCCESS\"}"),
                Arguments.of(changed(saga("s1", State.CONFIRMED)), 200, "{\"dtm_result\":\"SUCCESS\"}"),
                Arguments.of(known(saga("s1", State.RUNNING)), 200, "{\"dtm_result\":\"SUCCESS\"}"),
                Arguments.of(known(saga("s1", State.COMPENSATING)), 409, cannotSubmit("aborting")),
                Arguments.of(known(saga("s1", State.CONFIRMED)), 409, cannotSubmit("succeed")),
                Arguments.of(known(saga("s1", State.CANCELLED)), 409, cannotSubmit("failed")),
                Arguments.of(refused(ErrorCode.MODE_CONFLICT, tcc("s1", State.TRYING)), 409, cannotSubmit("prepared")),
                Arguments.of(refused(ErrorCode.OVERLOADED, null), 429,
                        "{\"code\":\"overloaded\",\"message\":\"said no\"}"),
                Arguments.of(refused(ErrorCode.TOO_LARGE, null), 413,
                        "{\"code\":\"too_large\",\"message\":\"said no\"}"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void repliesBecomeAnswersInTheWordsOfDtm(Reply reply, int status, String answer) {
        server.coordinator.answers(reply);

        Answer got = server.dtm("submit", SUBMIT);

        assertThat(got.status()).isEqualTo(status);
        assertThat(got.text()).isEqualTo(answer);
    }

    @Test
    void submitBeginsASequentialSagaWithoutDeadline() {
        Command.Begin begin = submitted(SUBMIT);

        assertThat(begin.mode()).isEqualTo(Mode.SAGA);
        assertThat(begin.deadlineMillis()).isZero();
        assertThat(begin.order()).isEqualTo(SagaOrder.SEQUENTIAL);
        assertThat(begin.branches()).containsExactly(
                new BranchSpec("01", "http://127.0.0.1:1/out", "http://127.0.0.1:1/outBack",
                        Payload.of("{\"a\":1}".getBytes(StandardCharsets.UTF_8))),
                new BranchSpec("02", "http://127.0.0.1:1/in", "", Payload.EMPTY));
    }

    @Test
    void aPayloadMayStandInItsStepAsOldClientsPutIt() {
        Command.Begin begin = submitted(
                "{\"gid\":\"s1\",\"trans_type\":\"saga\",\"steps\":[{\"action\":\"\",\"compensate\":\"\",\"data\":\"7\"}]}");

        assertThat(begin.branches().getFirst().payload().bytes()).isEqualTo(new byte[]{'7'});
    }

    @Test
    void theTenthBranchIsCalledTen() {
        String step = "{\"action\":\"\"}";
        Command.Begin begin = submitted("{\"gid\":\"s1\",\"trans_type\":\"saga\",\"steps\":[" + (step + ",").repeat(9)
                + step + "]}");

        assertThat(begin.branches()).extracting(BranchSpec::branchId).startsWith("01", "02").endsWith("09", "10");
    }

    @Test
    void ordersInCustomDataMakeAGraph() {
        Command.Begin begin = submitted(threeSteps(
                "\"custom_data\":\"{\\\"concurrent\\\":true,\\\"orders\\\":{\\\"2\\\":[0,1]}}\",\"retry_limit\":3"));

        assertThat(begin.order()).isEqualTo(new SagaOrder(true, List.of(List.of(), List.of(), List.of(0, 1))));
        assertThat(begin.policy().retryLimit()).isEqualTo(3);
        assertThat(begin.attributes().customData()).contains("orders");
    }

    @Test
    void concurrentOnTopIsEnough() {
        assertThat(submitted(threeSteps("\"concurrent\":true")).order()).isEqualTo(new SagaOrder(true, List.of()));
    }

    @Test
    void ordersOfASagaThatIsNotConcurrentAreIgnored() {
        assertThat(submitted(threeSteps("\"custom_data\":\"{\\\"orders\\\":{\\\"9\\\":[8]}}\"")).order())
                .isEqualTo(SagaOrder.SEQUENTIAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"concurrent":true,"orders":{"3":[0]}}         | steps 0 to 2
            {"concurrent":true,"orders":{"x":[0]}}         | steps 0 to 2
            {"concurrent":true,"orders":{"1":[3]}}         | steps 0 to 2
            {"concurrent":true,"orders":{"1":["0"]}}       | steps 0 to 2
            {"concurrent":true,"orders":{"1":0}}           | a list of at most 3 step numbers
            {"concurrent":true,"orders":{"1":[2],"2":[1]}} | an order without cycles
            {"concurrent":1}                               | true or false
            nonsense                                       | a JSON object
            [1]                                            | a JSON object
            """)
    void customDataThatNamesNoOrderIsRefused(String customData, String allowed) {
        Answer got = server.dtm("submit", threeSteps("\"custom_data\":\"" + customData.replace("\"", "\\\"") + "\""));

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).contains("custom_data");
        assertThat(got.json().path("allowed").asText()).isEqualTo(allowed);
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void aSagaIsNotPrepared() {
        Answer got = server.dtm("prepare", SUBMIT);

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).contains("saga").contains("submit begins it");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void fewerPayloadsThanStepsAreRefused() {
        Answer got = server.dtm("submit", threeSteps("\"payloads\":[\"1\"]"));

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).contains("1 payloads for 3 steps");
    }

    @Test
    void anotherProtocolThanHttpIsRefused() {
        assertThat(server.dtm("submit", threeSteps("\"protocol\":\"grpc\"")).message()).contains("protocol", "http");
        submitted(threeSteps("\"protocol\":\"http\""));
    }

    /** The Saga is accepted: a refusal would say that it is not. */
    @Test
    void tooManyWaitingForAnEndIsNoRefusal() {
        server.coordinator.answers(changed(saga("s1", State.RUNNING)));
        server.coordinator.end().completeExceptionally(new Overloaded("too many queries are waiting"));

        Answer got = server.dtm("submit", threeSteps("\"wait_result\":true"));

        assertThat(got.status()).isEqualTo(504);
        assertThat(got.text()).contains("unknown_outcome", "ask again with the same gid");
    }

    @Test
    void waitingForAnEndThatComesTellsIt() {
        server.coordinator.answers(changed(saga("s1", State.RUNNING)));
        server.coordinator.end().complete(Transactions.with(Transactions.terms("s1", Mode.SAGA, Attributes.NONE),
                State.CANCELLED, "out of stock"));

        Answer got = server.dtm("submit", threeSteps("\"wait_result\":true"));

        assertThat(got.status()).isEqualTo(409);
        assertThat(got.text()).isEqualTo("{\"dtm_result\":\"FAILURE\",\"message\":\"out of stock FAILURE\"}");
    }

    @Test
    void waitingForASagaThatIsFinishedAlreadyAnswersAtOnce() {
        server.coordinator.answers(changed(saga("s1", State.CONFIRMED)));

        assertThat(server.dtm("submit", threeSteps("\"wait_result\":true")).text())
                .isEqualTo("{\"dtm_result\":\"SUCCESS\"}");
    }

    @Test
    void waitingForAnEndThatDoesNotComeIsAFailureInTheWordsOfDtm() {
        server.coordinator.answers(changed(Transactions.with(new Terms("s1", Mode.SAGA, 1, 0, 0, 0,
                new CallPolicy(100, 1_000, 1_000, 1_000, 0), SagaOrder.SEQUENTIAL, Attributes.NONE), State.RUNNING,
                "")));

        Answer got = server.dtm("submit", threeSteps("\"wait_result\":true"));

        assertThat(got.status()).isEqualTo(409);
        assertThat(got.text()).isEqualTo(
                "{\"dtm_result\":\"FAILURE\",\"message\":\"wait result not return success: FAILURE\"}");
        assertThat(server.coordinator.end()).isCancelled();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://10.0.0.1/x          | 400 | address_not_allowed | --allow 10.0.0.1
            http://outside.example/x   | 400 | address_not_allowed | 10.1.2.3
            http://nowhere.example/x   | 400 | address_not_allowed | nowhere.example
            ftp://127.0.0.1/x          | 400 | invalid             | http:// or https://
            http://u:p@127.0.0.1/x     | 400 | invalid             | user information
            """)
    void addressesThatMayNotBeCalledAreRefusedAndNothingIsStored(String url, int status, String code, String says) {
        Answer got = server.dtm("submit",
                "{\"gid\":\"s1\",\"trans_type\":\"saga\",\"steps\":[{\"action\":\"\",\"compensate\":\"" + url
                        + "\"}]}");

        assertThat(got.status()).isEqualTo(status);
        assertThat(got.json().path("code").asText()).isEqualTo(code);
        assertThat(got.message()).contains(says);
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"http://inside.example/x", "http://LISTED.example:8080/x", "https://127.9.9.9"})
    void addressesThatMayBeCalledPass(String url) {
        submitted("{\"gid\":\"s1\",\"trans_type\":\"saga\",\"steps\":[{\"action\":\"" + url + "\"}]}");
    }

    private Command.Begin submitted(String body) {
        server.coordinator.answers(changed(saga("s1", State.RUNNING)));
        assertThat(server.dtm("submit", body).text()).isEqualTo("{\"dtm_result\":\"SUCCESS\"}");
        return (Command.Begin) server.coordinator.commands().getLast();
    }

    private static String threeSteps(String more) {
        return "{\"gid\":\"s1\",\"trans_type\":\"saga\",\"steps\":[{},{\"action\":\"\"},{\"action\":null}]," + more
                + "}";
    }

    private static String cannotSubmit(String status) {
        return "{\"dtm_result\":\"FAILURE\",\"message\":\"current status '" + status + "', cannot sumbmit. FAILURE\"}";
    }
}
