package io.holdfast.examples.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.journal.Told;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** One request, one answer; it never retries by itself. Thread-safe. */
public final class GatewayClient {
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(3);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final URI gateway;

    /** @param gateway where it listens */
    public GatewayClient(HttpClient http, URI gateway) {
        this.http = http;
        this.gateway = gateway;
    }

    /** Sends an order. */
    Answer place(OrderRequest order) throws InterruptedException {
        return send(request("/orders").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(order.toJson())));
    }

    /** Asks what became of an order. */
    Answer lookUp(String requestId) throws InterruptedException {
        return send(request("/orders/by-request/" + requestId).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(gateway.resolve(path)).timeout(ANSWER_WAIT);
    }

    private static Answer known(JsonNode body) {
        String reason = body.path("reason").asText();
        return switch (body.path("outcome").asText()) {
            case "CONFIRMED" -> new Answer.Known(Told.CONFIRMED, reason);
            case "REJECTED" -> new Answer.Known(Told.REJECTED, reason);
            default -> new Answer.Unknown("no_outcome");
        };
    }

    private Answer send(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode body = JSON.readTree(response.body());
            return switch (response.statusCode()) {
                case OK, CONFLICT -> known(body);
                case SERVICE_UNAVAILABLE -> new Answer.Overloaded();
                case NOT_FOUND -> new Answer.Missing();
                default -> new Answer.Unknown(body.path("reason").asText("status_" + response.statusCode()));
            };
        } catch (IOException e) {
            return new Answer.Unknown("no_answer");
        }
    }
}
