package io.holdfast.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.core.Limits;
import io.holdfast.engine.EngineOptions.CutOptions;
import io.holdfast.server.HttpServer;
import io.holdfast.server.config.AccessToken;
import io.holdfast.server.config.ServerConfig;
import io.holdfast.server.config.WorkersConfig;
import io.holdfast.server.http.Answers;
import io.holdfast.server.ops.ServerMetrics;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.participant.AllowList;
import io.holdfast.server.participant.NameResolver;
import io.holdfast.server.rest.RestEndpoints;
import io.holdfast.server.workers.pool.WorkerPool;
import io.holdfast.testkit.openapi.OpenApiContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server on a free port with a recording engine, and a client for it. */
public final class TestServer implements AutoCloseable {

    public static final int MAX_REQUEST_BYTES = 4 << 20;
    public static final int DRAIN_MILLIS = 5_000;

    public static final OpenApiContract CONTRACT = new OpenApiContract(document());

    public final RecordingCoordinator coordinator = new RecordingCoordinator();
    /** Workers are required: nothing is called in the process of the test. */
    public final WorkerPool workers = new WorkerPool((call, whenDone) -> {
        throw new AssertionError("called without a worker");
    }, true);
    public final HttpServer server;
    private final ServerMetrics metrics = new ServerMetrics();
    private final AddressGuard guard = new AddressGuard(AllowList.parse(List.of("127.0.0.0/8", "listed.example")),
            NAMES);
    private final HttpClient client = HttpClient.newHttpClient();

    private static String document() {
        try (InputStream in = Objects.requireNonNull(RestEndpoints.class.getResourceAsStream("openapi.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Knows two names: one that points to loopback, one that does not. */
    private static final NameResolver NAMES = host -> switch (host) {
        case "inside.example" -> List.of(InetAddress.ofLiteral("127.0.0.5"));
        case "outside.example" -> List.of(InetAddress.ofLiteral("127.0.0.5"), InetAddress.ofLiteral("10.1.2.3"));
        default -> throw new UnknownHostException(host);
    };

    /** What came back. */
    public record Answer(int status, String text, HttpResponse<String> response) {

        public JsonNode json() {
            try {
                return Answers.JSON.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }

        public String message() {
            return json().path("message").asText();
        }
    }

    private TestServer(@Nullable AccessToken token, int drainMillis) {
        server = new HttpServer(new ServerConfig(Path.of("unused"), "127.0.0.1", 0, AllowList.LOOPBACK, token, null,
                false, Limits.DEFAULT, CutOptions.DEFAULT, MAX_REQUEST_BYTES, drainMillis, null, null,
                WorkersConfig.NONE), metrics, guard, workers);
        server.start();
    }

    /** One that takes requests. */
    public static TestServer ready() {
        return ready(DRAIN_MILLIS);
    }

    /** One that takes requests and, when it stops, gives them so long. */
    public static TestServer ready(int drainMillis) {
        TestServer started = new TestServer(null, drainMillis);
        started.server.serve(started.coordinator, registry -> {
        });
        return started;
    }

    /** One whose engine is not there yet. */
    public static TestServer starting(@Nullable AccessToken token) {
        return new TestServer(token, DRAIN_MILLIS);
    }

    public Answer get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    public Answer post(String path, String body, String... headers) {
        return send(request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** POST to an endpoint of dtm. */
    public Answer dtm(String endpoint, String body, String... headers) {
        return post("/api/dtmsvr/" + endpoint, body, headers);
    }

    public HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .version(HttpClient.Version.HTTP_1_1).timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request;
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            holdAgainstTheDocument(response);
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a condition, with a bound. */
    public static void eventually(BooleanSupplier condition) {
        long endNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for 20 s").isLessThan(endNanos);
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** Whatever a test is about, the answer must be one that the OpenAPI document describes. */
    private static void holdAgainstTheDocument(HttpResponse<String> response) {
        if (!response.request().method().equals("HEAD")) {
            assertThat(CONTRACT.problems(response.request().method(), response.uri().getRawPath(),
                    response.statusCode(), response.headers().firstValue("content-type").orElse(""), response.body()))
                    .as("%s %s: %s", response.uri(), response.statusCode(), response.body()).isEmpty();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        guard.close();
        metrics.close();
    }
}
