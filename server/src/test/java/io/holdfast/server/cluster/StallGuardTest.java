package io.holdfast.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With the client that is used, because only that says whether a blocked read can be ended. */
class StallGuardTest {

    private static final long MOST_MILLIS = 300;

    @Test
    @Timeout(30)
    void whoSendsNothingMoreIsGivenUp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpClient http = HttpClient.newHttpClient()) {
            Thread.ofPlatform().daemon().start(() -> answerHalf(server));
            HttpResponse<InputStream> response = http.send(HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort())).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (StallGuard guarded = new StallGuard(response.body(), MOST_MILLIS)) {
                assertThat(guarded.read()).isEqualTo('h');
                assertThatIOException().isThrownBy(guarded::read).withMessageContaining("nothing has come");
            }
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    /** Says that two bytes come, and sends one. */
    private static void answerHalf(ServerSocket server) {
        try {
            Socket connection = server.accept();
            connection.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh".getBytes(StandardCharsets.US_ASCII));
            // Until the other side hangs up.
            while (connection.getInputStream().read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            // It has.
        }
    }
}
