package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.components.FreePort;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rubbish is refused with an error that says what is wrong, and leaves nothing behind. */
class MalformedRequestsIT {

    private static final String LONG = "g".repeat(10_240);
    private static final int HUNDRED_MEGABYTES = 100_000_000;
    private static final int SOCKET_MILLIS = 10_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;
    @SuppressWarnings("NullAway.Init")
    private static DtmWire wire;

    @BeforeAll
    static void startTheServer() throws Exception {
        server = ServerProcess.start(directory.resolve("data"), FreePort.choose());
        server.awaitListening();
        wire = new DtmWire(server.url());
    }

    @AfterAll
    static void stopTheServer() {
        wire.close();
        server.close();
    }

    @AfterEach
    void nothingIsStored() throws Exception {
        assertThat(wire.all("")).isEmpty();
        assertThat(server.saidInThisLife()).doesNotContain("\"ERROR\"");
    }

    /** @param words what the message has to contain */
    record Bad(String what, String endpoint, String body, int status, String... words) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Bad> requests() {
        return Stream.concat(shapes(), Stream.concat(values(), addresses()));
    }

    private static Stream<Bad> shapes() {
        return Stream.of(
                new Bad("no body", "prepare", "", 400, "not a JSON object"),
                new Bad("half an object", "prepare", "{\"gid\":\"a\"", 400, "not valid JSON"),
                new Bad("not JSON", "submit", "gid=a&trans_type=saga", 400, "not valid JSON"),
                new Bad("a list", "prepare", "[]", 400, "not a JSON object"),
                new Bad("two objects", "prepare", "{} {}", 400, "not valid JSON"),
                new Bad("bytes that are no text", "prepare", "{\"gid\":\"\u0000\"}", 400, "not valid JSON"),
                new Bad("deep nesting", "submit", "{\"steps\":" + "[".repeat(50_000), 400, "nesting depth"),
                new Bad("an endless number", "prepare", "{\"gid\":\"a\",\"retry_interval\":" + "9".repeat(5_000) + "}",
                        400, "Number value length"),
                new Bad("too large", "prepare", "{\"custom_data\":\"" + "x".repeat(9 << 20) + "\"}", 413,
                        "larger than 8388608 bytes"));
    }

    private static Stream<Bad> values() {
        return Stream.of(bad("no gid", "prepare", object("", "tcc"), 400, "gid"),
                bad("a gid of 10 kB", "prepare", object(LONG, "tcc"), 400, "gid", "1 to 128 characters"),
                bad("a gid that is a number", "prepare", object("a", "tcc").put("gid", 7), 400, "gid", "a string"),
                bad("an unknown type", "prepare", object("a", "tango"), 500, "unknow trans type: tango"),
                bad("no type", "submit", DtmWire.object().put("gid", "a"), 500, "unknow trans type"),
                bad("a type of dtm that is not run", "submit", object("a", "msg"), 500, "does not run it yet"),
                bad("negative time-out", "prepare", object("a", "tcc").put("timeout_to_fail", -1), 400,
                        "timeout_to_fail", "from 0"),
                bad("negative interval", "prepare", object("a", "tcc").put("retry_interval", -5), 400,
                        "retry_interval"),
                bad("a fraction", "prepare", object("a", "tcc").put("request_timeout", 1.5), 400, "request_timeout"),
                bad("more than an int", "prepare", object("a", "tcc").put("request_timeout", 1L << 40), 400,
                        "request_timeout"),
                bad("a branch of nobody", "registerBranch", DtmWire.branch("nobody", "01", "http://127.0.0.1:9"), 409,
                        "no trans with gid: nobody"),
                bad("a branch without id", "registerBranch", DtmWire.branch("a", "", "http://127.0.0.1:9"), 400,
                        "branch_id"),
                bad("a submit of nobody", "submit", object("nobody", "tcc"), 409, "no trans with gid: nobody"),
                bad("an abort of nobody", "abort", object("nobody", "tcc"), 500, "nobody"),
                bad("a step that is a text", "submit", stepsOf("\"http://127.0.0.1:9/a\""), 400, "steps[0]"),
                bad("more steps than allowed", "submit", stepsOf("{}" + ",{}".repeat(1_000)), 413, "1001 elements"),
                bad("a payload that is too large", "submit", saga("http://127.0.0.1:9/a", "x".repeat((1 << 20) + 1)),
                        413, "payloads[0]", "1048577 bytes"));
    }

    private static Stream<Bad> addresses() {
        return Stream.of(address("http://10.0.0.1/action", "10.0.0.1", "--allow"),
                address("http://169.254.169.254/latest/meta-data", "--allow"),
                address("http://[fd00::1]:80/action", "--allow"), address("http://0x7f000001/action", "host"),
                address("file:///etc/passwd", "http:// or https://"),
                address("gopher://127.0.0.1:70/1", "http:// or https://"),
                address("http://user@127.0.0.1/action", "user information"),
                address("http://127.0.0.1:99999/action", "port"), address("http://127.0.0.1/a b", "blanks"));
    }

    private static Bad address(String url, String... words) {
        return bad("the address " + url, "submit", saga(url, "{}"), 400, words);
    }

    private static Bad bad(String what, String endpoint, ObjectNode body, int status, String... words) {
        return new Bad(what, endpoint, body.toString(), status, words);
    }

    private static ObjectNode object(String gid, String mode) {
        return DtmWire.object().put("gid", gid).put("trans_type", mode);
    }

    private static ObjectNode saga(String url, String payload) {
        ObjectNode saga = object("a", "saga");
        saga.withArray("steps").addObject().put("action", url).put("compensate", url);
        saga.withArray("payloads").add(payload);
        return saga;
    }

    private static ObjectNode stepsOf(String elements) {
        ObjectNode saga = object("a", "saga");
        return saga.set("steps", new Answer(0, "[" + elements + "]").json());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void rubbishIsRefusedWithAReason(Bad bad) throws Exception {
        Answer answer = wire.post(bad.endpoint, bad.body);

        assertThat(answer.status()).as("%s", answer).isEqualTo(bad.status);
        JsonNode message = answer.json().path("message");
        assertThat(message.isTextual()).as("%s", answer).isTrue();
        assertThat(message.textValue()).contains(bad.words).hasSizeLessThan(1_000);
    }

    @Test
    void aBodyOfAHundredMegabytesIsRefusedBeforeItIsSent() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
            socket.setSoTimeout(SOCKET_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/dtmsvr/prepare HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + HUNDRED_MEGABYTES
                    + "\r\n\r\n{\"gid\":\"").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = firstLineOf(socket.getInputStream());
            assertThat(answer).startsWith("HTTP/1.1 413 ");
        }
    }

    private static String firstLineOf(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }
}
