package io.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class RequestBodiesTest {

    private static final int LARGE = 60_000;
    /** One large body fits, two do not. */
    private static final int BOUND = LARGE;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void aBodyThatDripsIsRefusedAfterItsTime() throws IOException {
        try (Server server = start(new RequestBodies(BOUND, 200)); Client client = new Client(server, 20)) {
            client.send(10);

            assertThat(client.answer()).startsWith("HTTP/1.1 408 ").contains("body_timeout", "200 ms",
                    "connection: close");
        }
    }

    @Test
    void bodiesBeyondTheBoundFindNoRoomUntilOthersAreDone() throws IOException {
        RequestBodies bodies = new RequestBodies(BOUND, 60_000);
        try (Server server = start(bodies); Client slow = new Client(server, LARGE + 1)) {
            slow.send(LARGE);
            await(() -> bodies.heldBytes() == LARGE - RequestBodies.FREE_BYTES);

            assertThat(whole(server, LARGE)).startsWith("HTTP/1.1 429 ").contains("overloaded", "connection: close",
                    "retry-after: 1");
            assertThat(whole(server, RequestBodies.FREE_BYTES)).as("a decision is small").startsWith("HTTP/1.1 200 ");

            slow.send(1);
            assertThat(slow.answer()).startsWith("HTTP/1.1 200 ");
            await(() -> bodies.heldBytes() == 0);
            assertThat(whole(server, LARGE)).startsWith("HTTP/1.1 200 ");
        }
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Server start(RequestBodies bodies) {
        ErrorAnswers errors = new ErrorAnswers(1 << 20);
        Server server = Server.builder().http(0).service("/", (context, request) -> HttpResponse.of(
                bodies.receive(context, request).thenApply(whole -> Answers.response(HttpStatus.OK, Answers.object()))
                        .exceptionally(failure -> errors.answer(context, failure).toHttpResponse())))
                .build();
        server.start().join();
        return server;
    }

    private static String whole(Server server, int bytes) throws IOException {
        try (Client client = new Client(server, bytes)) {
            client.send(bytes);
            return client.answer();
        }
    }

    /** A connection with one request, whose body is sent piece by piece. */
    private static final class Client implements AutoCloseable {

        private final Socket socket;

        Client(Server server, int bodyBytes) throws IOException {
            socket = new Socket("127.0.0.1", server.activeLocalPort());
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write(("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bodyBytes
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        void send(int bytes) throws IOException {
            socket.getOutputStream().write(new byte[bytes]);
        }

        /** Up to the end of its body, by which every one of these can be told. */
        String answer() throws IOException {
            StringBuilder answer = new StringBuilder();
            InputStream in = socket.getInputStream();
            for (int c = in.read(); c >= 0 && c != '}'; c = in.read()) {
                answer.append((char) c);
            }
            return answer.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
