package io.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.server.config.AccessToken;
import io.holdfast.server.testing.TestServer;
import io.holdfast.server.testing.TestServer.Answer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {

    private static final String TOKEN = "correct-horse-battery";

    @ParameterizedTest
    @CsvSource({"127.0.0.1,200", "127.0.0.1:36789,200", "localhost,200", "LocalHost:1,200", "127.3.2.1,200",
            "[::1]:5,200",
            "evil.example,403", "evil.example:36789,403", "localhost.evil.example,403", "127.0.0.1.evil.example,403",
            "10.0.0.1,403", "[::2],403"})
    void onLoopbackOnlyLoopbackIsAnsweredForByName(String host, int status) throws IOException {
        try (TestServer server = TestServer.ready()) {
            assertThat(raw(server, "GET /api/ping HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void aRequestOfAnotherOriginIsRefused() {
        try (TestServer server = TestServer.ready()) {
            for (String origin : new String[]{"https://evil.example", "null", "http://127.0.0.1",
                    "http://127.0.0.1:1"}) {
                Answer got = server.post("/api/dtmsvr/prepare", "{}", "Origin", origin);
                assertThat(got.status()).as(origin).isEqualTo(403);
                assertThat(got.json().path("code").asText()).isEqualTo("forbidden");
            }
            assertThat(server.get("/api/ping", "Origin", server.server.url()).status()).isEqualTo(200);
        }
    }

    @Test
    void theTokenIsAskedForEverywhereButAtHealth() {
        try (TestServer server = TestServer.starting(new AccessToken(TOKEN))) {
            for (String path : new String[]{"/api/ping", "/metrics", "/api/metrics", "/api/dtmsvr/version", "/nonsense",
                    "/health", "/healthz/x"}) {
                assertThat(server.get(path).status()).as(path).isEqualTo(401);
                assertThat(server.get(path, "Authorization", "Bearer wrong").status()).as(path).isEqualTo(401);
                assertThat(server.get(path, "Authorization", "Basic " + TOKEN).status()).as(path).isEqualTo(401);
            }
            assertThat(server.get("/health/live").status()).isEqualTo(200);
            assertThat(server.get("/health/../metrics").status()).isEqualTo(400);
            assertThat(server.get("/health/%2e%2e/metrics").status()).isEqualTo(400);
            assertThat(server.get("/api/ping", "Authorization", "bearer " + TOKEN).status()).isEqualTo(200);
            Answer got = server.get("/metrics");
            assertThat(got.response().headers().firstValue("www-authenticate")).hasValue("Bearer");
            assertThat(got.json().path("code").asText()).isEqualTo("unauthenticated");
        }
    }

    @Test
    void whatIsNotEvenHttpIsRefusedInJson() throws IOException {
        try (TestServer server = TestServer.ready()) {
            assertThat(raw(server, "GET /api/ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 400").contains("application/json", "\"message\"");
            assertThat(raw(server, "GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 4").contains("application/json", "\"message\"");
        }
    }

    /** Sends bytes as they are and reads until the answer is complete or the server closes. */
    private static String raw(TestServer server, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answer = new StringBuilder();
            for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read()) {
                answer.append((char) c);
                if (c == '}') {
                    break;
                }
            }
            return answer.toString();
        }
    }
}
