package io.holdfast.server.dtm;

import static io.holdfast.server.testing.Transactions.changed;
import static io.holdfast.server.testing.Transactions.tcc;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.State;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Command;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the wire bears, and what it refuses before anything is stored. */
class DtmRequestsTest {

    private final TestServer server = TestServer.ready();

    @BeforeEach
    void everythingSucceeds() {
        server.coordinator.answers(changed(tcc("g1", State.TRYING)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"gid\":\"g1\",\"trans_type\":\"tcc\"}", "{\"GID\":\"g1\",\"Trans_Type\":\"tcc\"}",
            "{\"gid\":\"old\",\"trans_type\":\"saga\",\"gid\":\"g1\",\"trans_type\":\"tcc\"}",
            "{\"gid\":\"old\",\"Gid\":\"g1\",\"trans_type\":\"tcc\"}",
            "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"subType\":\"OperatorParam\",\"unknown\":{\"x\":[1,2]}}",
            "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"custom_data\":null,\"protocol\":null,\"branch_headers\":null,"
                    + "\"passthrough_headers\":[],\"timeout_to_fail\":0,\"retry_interval\":null,\"steps\":null}",
            "{\"gid\":\"g;1\\n\\r\",\"trans_type\":\"tcc\"}", "  {\"gid\":\"g1\",\"trans_type\":\"tcc\"}\n"})
    void whatClientsSendIsUnderstood(String body) {
        Answer got = server.dtm("prepare", body, "Content-Type", "text/plain");

        assertThat(got.text()).isEqualTo("{\"dtm_result\":\"SUCCESS\"}");
        assertThat(server.coordinator.only(Command.Begin.class).gid()).isEqualTo("g1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"order 7/ä", "g'; drop table x", "%2e%2e", "日本"})
    void anyTextIsAGid(String gid) {
        server.dtm("prepare", "{\"gid\":\"" + gid + "\",\"trans_type\":\"tcc\"}");

        assertThat(server.coordinator.only(Command.Begin.class).gid()).isEqualTo(gid.replace(";", ""));
    }

    /** A body and words that its refusal must contain. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                               | the body is not a JSON object but empty
            nonsense                                                         | not valid JSON at line 1
            {"gid":"g1"                                                      | not valid JSON at line 1
            {"gid":"g1"} trailing                                            | not valid JSON
            [1,2]                                                            | a list
            null                                                             | null
            {"trans_type":"tcc"}                                             | field gid: the empty string
            {"gid":"","trans_type":"tcc"}                                    | field gid: the empty string
            {"gid":";;","trans_type":"tcc"}                                  | field gid: the empty string
            {"gid":"a\\u0000b","trans_type":"tcc"}                           | control character
            {"gid":"a\\u0085b","trans_type":"tcc"}                           | control character
            {"gid":"a\\ud800","trans_type":"tcc"}                            | surrogate
            {"gid":7,"trans_type":"tcc"}                                     | field gid: a number
            {"gid":"g1","trans_type":["tcc"]}                                | field trans_type: a list
            {"gid":"g1","trans_type":"tcc","timeout_to_fail":-1}             | timeout_to_fail: -1 is not allowed
            {"gid":"g1","trans_type":"tcc","timeout_to_fail":31622401}       | 0 to 31622400
            {"gid":"g1","trans_type":"tcc","timeout_to_fail":1e99}           | whole number
            {"gid":"g1","trans_type":"tcc","timeout_to_fail":"35"}           | whole number
            {"gid":"g1","trans_type":"tcc","request_timeout":3601}           | 0 to 3600
            {"gid":"g1","trans_type":"tcc","request_timeout":1.5}            | whole number
            {"gid":"g1","trans_type":"tcc","retry_interval":99999999999999999999} | whole number
            {"gid":"g1","trans_type":"tcc","wait_result":"yes"}              | wait_result
            {"gid":"g1","trans_type":"tcc","branch_headers":["a"]}           | an object
            {"gid":"g1","trans_type":"tcc","branch_headers":{"a":1}}         | branch_headers.a
            {"gid":"g1","trans_type":"tcc","branch_headers":{"a b":"1"}}     | a header name
            {"gid":"g1","trans_type":"tcc","branch_headers":{"Host":"1"}}    | a header name
            {"gid":"g1","trans_type":"tcc","branch_headers":{"content-LENGTH":"1"}} | a header name
            {"gid":"g1","trans_type":"tcc","branch_headers":{":path":"/"}}   | a header name
            {"gid":"g1","trans_type":"tcc","branch_headers":{"Holdfast-Gid":"x"}} | a header name
            {"gid":"g1","trans_type":"tcc","branch_headers":{"a":"x\\r\\nb: 1"}} | branch_headers.a
            """)
    void aMalformedRequestIsRefusedWithWhatWhereAndAllowed(String body, String says) {
        Answer got = server.dtm("prepare", body);

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).contains(says).doesNotContain("Source", "REDACTED");
        assertThat(got.json().path("allowed").asText()).isNotEmpty();
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void anOverlongGidIsRefused() {
        assertThat(server.dtm("prepare", "{\"gid\":\"" + "g".repeat(129) + "\",\"trans_type\":\"tcc\"}").status())
                .isEqualTo(400);
        assertThat(server.dtm("prepare", "{\"gid\":\"" + "g".repeat(128) + "\",\"trans_type\":\"tcc\"}").status())
                .isEqualTo(200);
    }

    @Test
    void aBranchIsAFlatMapOfTexts() {
        Answer got = server.dtm("registerBranch", "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"branch_id\":1}");

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).isEqualTo("field branch_id: a number is not allowed; allowed: a string");
    }

    @Test
    void aPayloadOverItsBoundIsRefusedByName() {
        Answer got = server.dtm("registerBranch",
                "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"branch_id\":\"01\",\"data\":\""
                        + "x".repeat((1 << 20) + 1) + "\"}");

        assertThat(got.status()).isEqualTo(413);
        assertThat(got.message()).startsWith("field data has 1048577 bytes");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void aPayloadUpToItsBoundIsTaken() {
        assertThat(
                server.dtm("registerBranch", "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"branch_id\":\"01\",\"data\":\""
                        + "x".repeat(1 << 20) + "\"}").status())
                .isEqualTo(200);
    }

    @Test
    void aBodyOverItsBoundIsRefusedInJson() {
        Answer got = server.dtm("prepare", " ".repeat(TestServer.MAX_REQUEST_BYTES + 1));

        assertThat(got.status()).isEqualTo(413);
        assertThat(got.message()).contains(Integer.toString(TestServer.MAX_REQUEST_BYTES));
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(server.dtm("prepare", "[".repeat(100_000)).message()).contains("not valid JSON");
    }

    @Test
    void moreTokensThanAnyRequestHasAreRefused() {
        Answer got = server.dtm("prepare", "{\"x\":[" + "[],".repeat(600_000) + "1]}");

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).contains("not valid JSON", "Token count");
    }

    /** In Latin-1: what is not UTF-8 must neither be taken nor turned into something else. */
    @ParameterizedTest
    @ValueSource(strings = {"a\u00ff", "a\u00c0\u0080", "a\u00ed\u00a0\u0080", "a\u00f8\u0088\u0080\u0080\u0080",
            "a\u00c3"})
    void bytesThatAreNotUtf8AreRefused(String gid) {
        byte[] body = ("{\"gid\":\"" + gid + "\",\"trans_type\":\"tcc\"}").getBytes(StandardCharsets.ISO_8859_1);

        Answer got = server.send(server.request("/api/dtmsvr/prepare").POST(BodyPublishers.ofByteArray(body)));

        assertThat(got.status()).isEqualTo(400);
        assertThat(got.message()).isEqualTo("the body is not valid UTF-8");
        assertThat(server.coordinator.commands()).isEmpty();
    }

    @Test
    void tooManyStepsAreRefused() {
        Answer got = server.dtm("submit",
                "{\"gid\":\"g1\",\"trans_type\":\"saga\",\"steps\":[" + "{},".repeat(1_000) + "{}]}");

        assertThat(got.status()).isEqualTo(413);
        assertThat(got.message()).contains("steps", "1001", "1000");
    }

    @Test
    void branchHeadersAreCarriedAndATraceAmongThemBecomesTheTrace() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        server.dtm("prepare",
                "{\"gid\":\"g1\",\"trans_type\":\"tcc\",\"branch_headers\":{\"x-a\":\"1\",\"Traceparent\":\""
                        + trace + "\",\"x-b\":null}}");

        Command.Begin begin = server.coordinator.only(Command.Begin.class);
        assertThat(begin.attributes().headers()).containsExactly(new Header("x-a", "1"), new Header("x-b", ""));
        assertThat(begin.attributes().traceparent()).isEqualTo(trace);
    }

    @Test
    void theTraceOfTheRequestIsKept() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        server.dtm("prepare", "{\"gid\":\"g1\",\"trans_type\":\"tcc\"}", "traceparent", trace);

        assertThat(server.coordinator.only(Command.Begin.class).attributes().traceparent()).isEqualTo(trace);
    }

    @Test
    void aForgedTraceIsReplacedAndAnOverlongOneDoesNotCostTheRequest() {
        server.dtm("prepare", "{\"gid\":\"g1\",\"trans_type\":\"tcc\"}", "traceparent", "x".repeat(10_000),
                "X-Trace-ID",
                "0AF7651916CD43DD8448EB211C80319C");

        assertThat(server.coordinator.only(Command.Begin.class).attributes().traceparent())
                .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01");
    }
}
