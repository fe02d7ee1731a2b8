package io.holdfast.server.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Payload;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HttpParticipantsTest {

    private static final int TIMEOUT_MILLIS = 1_000;
    private static final Duration BOUND = Duration.ofMillis(TIMEOUT_MILLIS + 1_500);
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AddressGuard guard = new AddressGuard(AllowList.parse(List.of("127.0.0.0/8")),
            host -> List.of(InetAddress.ofLiteral(host.equals("inside.example") ? "127.0.0.1" : "10.0.0.1")));
    private final HttpParticipants participants = new HttpParticipants(guard, meters);

    @AfterEach
    void stop() {
        participants.close();
        guard.close();
    }

    /** What a participant does, and what it counts as. */
    static Stream<Arguments> behaviours() {
        return Stream.of(row("200", ok("fine"), "Success[alreadyDone=false]"),
                row("200 without a body", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "Success[alreadyDone=false]"),
                row("200 that says it was done before",
                        "HTTP/1.1 200 OK\r\nHoldfast-Already-Done: true\r\ncontent-length: 0\r\n\r\n",
                        "Success[alreadyDone=true]"),
                row("200 with ONGOING", ok("{\"dtm_result\":\"ONGOING\"}"),
                        "Ongoing[detail=status 200: {\"dtm_result\":\"ONGOING\"}]"),
                row("200 with FAILURE", ok("{\"dtm_result\":\"FAILURE\"}"),
                        "Failure[detail=status 200: {\"dtm_result\":\"FAILURE\"}]"),
                row("both words", ok("FAILURE ONGOING"), "Ongoing[detail=status 200: FAILURE ONGOING]"),
                row("409", status("409 Conflict", "no stock"), "Failure[detail=status 409: no stock]"),
                row("409 without a body", "HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\n\r\n",
                        "Failure[detail=status 409]"),
                row("409 with ONGOING", status("409 Conflict", "ONGOING"), "Ongoing[detail=status 409: ONGOING]"),
                row("425", status("425 Too Early", "later"), "Ongoing[detail=status 425: later]"),
                row("500", status("500 Oops", "boom"), unexpected("status 500: boom")),
                row("500 with FAILURE", status("500 Oops", "FAILURE"), "Failure[detail=status 500: FAILURE]"),
                row("201", status("201 Created", "made"), unexpected("status 201: made")),
                row("204", "HTTP/1.1 204 No Content\r\n\r\n", unexpected("status 204")),
                row("404", status("404 Not Found", ""), unexpected("status 404")),
                row("200 encoded unasked", "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nzzzz",
                        unexpected("status 200, but encoded as gzip, which was not asked for")),
                row("409 encoded unasked",
                        "HTTP/1.1 409 Conflict\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nzzzz",
                        "Failure[detail=status 409: zzzz]"),
                row("redirect", "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                        unexpected("status 302")),
                row("control characters", status("500 Oops", "a\u001b[31mb\r\n\tc\u0000d"),
                        unexpected("status 500: a [31mb   c d")),
                row("an endless error text", status("500 Oops", "x".repeat(2_000)),
                        unexpected("status 500: " + "x".repeat(500))),
                row("2 MB", ok("x".repeat(2 << 20)), unexpected("the answer is larger than 65536 bytes")),
                row("2 MB in chunks", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
                        + ("4000\r\n" + "x".repeat(0x4000) + "\r\n").repeat(128) + "0\r\n\r\n",
                        unexpected("the answer is larger than 65536 bytes")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("behaviours")
    void answersAreInterpretedInTheOrderOfDtm(String name, String response, String result) throws Exception {
        try (RawParticipant participant = RawParticipant.answering(response)) {
            assertThat(call(participant.url() + "/x")).hasToString(result);
        }
    }

    /** Misbehaviour without a readable answer, and the kind of trouble it counts as. */
    static Stream<Arguments> misbehaviours() {
        return Stream.of(
                Arguments.of("garbage instead of HTTP", (RawParticipant.Behaviour) c -> RawParticipant.write(c,
                        "\u0001\u0002 not http at all\r\n\r\n\r\n"), Trouble.CONNECTION_LOST),
                Arguments.of("never answers", (RawParticipant.Behaviour) c -> {
                }, Trouble.TIMED_OUT),
                Arguments.of("promises a body and sends none", (RawParticipant.Behaviour) c -> RawParticipant.write(c,
                        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"), Trouble.TIMED_OUT),
                Arguments.of("trickles its body", (RawParticipant.Behaviour) HttpParticipantsTest::trickle,
                        Trouble.TIMED_OUT),
                Arguments.of("trickles its head", (RawParticipant.Behaviour) HttpParticipantsTest::trickleHead,
                        Trouble.TIMED_OUT),
                Arguments.of("resets after the effect", (RawParticipant.Behaviour) c -> {
                    c.setSoLinger(true, 0);
                    c.close();
                }, Trouble.CONNECTION_LOST),
                Arguments.of("closes after the effect", (RawParticipant.Behaviour) Socket::close,
                        Trouble.CONNECTION_LOST),
                Arguments.of("closes in the middle of its body", (RawParticipant.Behaviour) c -> {
                    RawParticipant.write(c, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour");
                    c.close();
                }, Trouble.CONNECTION_LOST));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misbehaviours")
    void misbehaviourIsUnknownWithinTheTimeOut(String name, RawParticipant.Behaviour behaviour, Trouble trouble)
            throws Exception {
        try (RawParticipant participant = new RawParticipant(behaviour)) {
            long start = System.nanoTime();

            Result result = call(participant.url() + "/x");

            assertThat(result).isInstanceOfSatisfying(Result.Unknown.class,
                    unknown -> assertThat(unknown.trouble()).as(unknown.detail()).isEqualTo(trouble));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        }
    }

    @Test
    void nobodyListeningIsNotConnected() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }

        assertThat(call("http://127.0.0.1:" + port + "/")).isInstanceOfSatisfying(Result.Unknown.class,
                unknown -> assertThat(unknown.trouble()).as(unknown.detail()).isEqualTo(Trouble.NOT_CONNECTED));
    }

    @Test
    void aConnectionThatIsNeverAcceptedEndsWithinTheTimeOut() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            List<Socket> waiting = new ArrayList<>();
            while (connects(full, waiting)) {
                assertThat(waiting).as("connections that fit into the backlog").hasSizeLessThan(1_000);
            }
            long start = System.nanoTime();

            assertThat(call("http://127.0.0.1:" + full.getLocalPort() + "/")).isInstanceOf(Result.Unknown.class);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void anAddressThatMayNotBeCalledIsNotCalled() {
        for (String url : List.of("http://10.0.0.1/", "http://outside.example/", "http://0.0.0.0/")) {
            assertThat(call(url)).isInstanceOfSatisfying(Result.Unknown.class, unknown -> {
                assertThat(unknown.trouble()).isEqualTo(Trouble.NOT_ALLOWED);
                assertThat(unknown.detail()).contains("--allow");
            });
        }
    }

    @Test
    void aNameIsCalledAtTheAddressThatWasChecked() throws Exception {
        try (RawParticipant participant = RawParticipant.answering(ok("fine"))) {
            String url = participant.url().replace("127.0.0.1", "inside.example");

            assertThat(call(url + "/x")).isEqualTo(new Result.Success(false));
            assertThat(participant.requests().getFirst().toLowerCase(Locale.ROOT))
                    .contains("\r\nhost: inside.example:");
        }
    }

    @Test
    void aProgrammingErrorIsUnknown() {
        assertThat(call("not a url")).isInstanceOf(Result.Unknown.class);
        assertThat(send(new Call("g", Mode.TCC, "01", Operation.CONFIRM, "http://127.0.0.1:1/", Payload.EMPTY,
                List.of(new Header("bad name", "x")), TIMEOUT_MILLIS, "", "dtm-http", "1.1")))
                .isInstanceOf(Result.Unknown.class);
    }

    @Test
    void theRequestCarriesWhatIdentifiesTheBranch() throws Exception {
        try (RawParticipant participant = RawParticipant.answering(ok("fine"))) {
            send(new Call("order 7/ä&x=1", Mode.SAGA, "0 1", Operation.COMPENSATE,
                    participant.url() + "/a%2Fb//c?keep=%20+&op=old&gid=older&flag", payload("{\"a\":1}"),
                    List.of(new Header("X-Tenant", "blue"), new Header("Content-Type", "text/plain")), TIMEOUT_MILLIS,
                    TRACE, "dtm-http", "3.14"));

            String request = participant.requests().getFirst();
            assertThat(request)
                    .startsWith("POST /a%2Fb//c?keep=++&flag&gid=order+7%2F%C3%A4%26x%3D1&trans_type=saga"
                            + "&branch_id=0+1&op=compensate HTTP/1.1\r\n")
                    .endsWith("\r\n\r\n{\"a\":1}");
            assertThat(request.toLowerCase(Locale.ROOT)).contains("\r\ncontent-type: text/plain\r\n",
                    "\r\nx-tenant: blue\r\n", "\r\nholdfast-gid: order%207/%c3%a4&x=1\r\n",
                    "\r\nholdfast-branch: 0%201\r\n", "\r\nholdfast-op: compensate\r\n",
                    "\r\nholdfast-epoch: 3.14\r\n", "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-")
                    .doesNotContain("b7ad6b7169203331", "upgrade");
        }
    }

    @Test
    void aBranchWithoutPayloadIsCalledWithGet() throws Exception {
        try (RawParticipant participant = RawParticipant.answering(ok("fine"))) {
            assertThat(call(participant.url())).isEqualTo(new Result.Success(false));

            assertThat(participant.requests().getFirst())
                    .startsWith("GET /?gid=g1&trans_type=tcc&branch_id=01&op=confirm HTTP/1.1\r\n");
            assertThat(participant.requests().getFirst().toLowerCase(Locale.ROOT))
                    .contains("\r\ncontent-type: application/json\r\n").doesNotContain("traceparent");
        }
    }

    @Test
    void connectionsAreKept() throws Exception {
        try (RawParticipant participant = RawParticipant.answering(ok("fine"))) {
            for (int i = 0; i < 20; i++) {
                assertThat(call(participant.url())).isEqualTo(new Result.Success(false));
            }

            assertThat(participant.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void manyCallsToOneHostRunAtTheSameTime() throws Exception {
        int calls = 256;
        CountDownLatch allArrived = new CountDownLatch(calls);
        try (RawParticipant participant = new RawParticipant(connection -> {
            allArrived.countDown();
            try {
                if (allArrived.await(10, TimeUnit.SECONDS)) {
                    RawParticipant.write(connection, ok("fine"));
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        })) {
            List<CompletableFuture<Result>> results = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                results.add(start(call(participant.url(), 15_000)));
            }

            assertThat(results).allSatisfy(
                    result -> assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(new Result.Success(false)));
        }
    }

    @Test
    void theEndIsReportedOnceAndCounted() throws Exception {
        AtomicInteger reports = new AtomicInteger();
        try (RawParticipant participant = RawParticipant.answering(ok("fine"))) {
            CountDownLatch first = new CountDownLatch(1);
            participants.call(call(participant.url(), 50), result -> {
                reports.incrementAndGet();
                first.countDown();
                throw new IllegalStateException("a listener that fails");
            });
            assertThat(first.await(5, TimeUnit.SECONDS)).isTrue();
            // Longer than both timers of the call above.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));

            assertThat(reports).hasValue(1);
            assertThat(meters.get("holdfast.participant.call").tag("op", "confirm").tag("result", "success").timer()
                    .count()).isEqualTo(1);
        }
    }

    private Result call(String url) {
        return send(call(url, TIMEOUT_MILLIS));
    }

    private static Call call(String url, int timeoutMillis) {
        return new Call("g1", Mode.TCC, "01", Operation.CONFIRM, url, Payload.EMPTY, List.of(), timeoutMillis, "",
                "dtm-http", "1.1");
    }

    private Result send(Call call) {
        return start(call).orTimeout(20, TimeUnit.SECONDS).join();
    }

    private CompletableFuture<Result> start(Call call) {
        CompletableFuture<Result> result = new CompletableFuture<>();
        participants.call(call, result::complete);
        return result;
    }

    private static Payload payload(String text) {
        return Payload.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether one more connection fits into the backlog of a socket that accepts none. */
    private static boolean connects(ServerSocket full, List<Socket> waiting) throws IOException {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
            socket.connect(full.getLocalSocketAddress(), 200);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static void trickle(Socket connection) throws IOException {
        RawParticipant.write(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        dripUntilClosed(connection, "1\r\nx\r\n");
    }

    private static void trickleHead(Socket connection) throws IOException {
        RawParticipant.write(connection, "HTTP/1.1 200 OK\r\n");
        dripUntilClosed(connection, "x: y\r\n");
    }

    private static void dripUntilClosed(Socket connection, String drop) throws IOException {
        while (!connection.isClosed()) {
            RawParticipant.write(connection, drop);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static Arguments row(String name, String response, String result) {
        return Arguments.of(name, response, result);
    }

    private static String ok(String body) {
        return status("200 OK", body);
    }

    private static String status(String line, String body) {
        return "HTTP/1.1 " + line + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String unexpected(String detail) {
        return "Unknown[trouble=UNEXPECTED_ANSWER, detail=" + detail + "]";
    }
}
