package io.holdfast.tests.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.rest.RestEndpoints;
import io.holdfast.testkit.openapi.OpenApiContract;
import io.holdfast.tests.process.DtmWire.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;

/** The native interface as a client writes it. Every answer is held against the OpenAPI document. Thread-safe. */
final class ApiWire implements AutoCloseable {

    private static final OpenApiContract CONTRACT = new OpenApiContract(document());
    /** Above the longest wait. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(50);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor()).connectTimeout(Duration.ofSeconds(5)).build();
    private final String server;

    ApiWire(String server) {
        this.server = server;
    }

    private static String document() {
        try (InputStream in = Objects.requireNonNull(RestEndpoints.class.getResourceAsStream("openapi.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server + "/api/v1/" + path)).timeout(ANSWER_LIMIT);
    }

    Answer send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(builder.build(), BodyHandlers.ofString());
        assertThat(CONTRACT.problems(response.request().method(), response.uri().getRawPath(), response.statusCode(),
                response.headers().firstValue("content-type").orElse(""), response.body()))
                .as("%s %s: %s", response.uri(), response.statusCode(), response.body()).isEmpty();
        return new Answer(response.statusCode(), response.body());
    }

    /** The transaction as it is shown. */
    JsonNode transaction(String gid) throws IOException, InterruptedException {
        Answer answer = get("transactions/" + gid);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json();
    }

    String state(String gid) throws IOException, InterruptedException {
        return transaction(gid).path("state").asText();
    }

    @Override
    public void close() {
        // Waiting for requests that nobody answers any more would only cost time.
        http.shutdownNow();
    }
}
