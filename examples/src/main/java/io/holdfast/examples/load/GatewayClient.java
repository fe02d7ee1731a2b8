package io.holdfast.examples.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import io.holdfast.examples.gateway.OrderRequest;
import io.holdfast.examples.journal.Told;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/**
 * One request, one answer; it never retries by itself. All requests share one HTTP/2 connection: with one of its own for each
 * customer who waits, thousands of them would be what is measured. Thread-safe.
 */
public final class GatewayClient implements AutoCloseable {
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(3);
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(1);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClientFactory connections = ClientFactory.builder().connectTimeout(CONNECT_WAIT).build();
    private final WebClient http;

    /** @param gateway where it listens, for example {@code http://127.0.0.1:40000} */
    public GatewayClient(URI gateway) {
        this.http = WebClient.builder("h2c://" + gateway.getAuthority()).factory(connections)
                .responseTimeout(ANSWER_WAIT).build();
    }

    /** Sends an order. */
    Answer place(OrderRequest order) throws InterruptedException {
        return answer(HttpRequest.of(HttpMethod.POST, "/orders", MediaType.JSON_UTF_8, order.toJson()));
    }

    /** Asks what became of an order. */
    Answer lookUp(String requestId) throws InterruptedException {
        return answer(HttpRequest.of(HttpMethod.GET, "/orders/by-request/" + requestId));
    }

    @Override
    public void close() {
        connections.close();
    }

    private Answer answer(HttpRequest request) throws InterruptedException {
        HttpResponse response = http.execute(request);
        try {
            return toAnswer(response.aggregate().get());
        } catch (InterruptedException e) {
            response.abort();
            throw e;
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnprocessedRequestException
                    ? new Answer.NotTaken("unreachable")
                    : new Answer.Unknown("no_answer");
        }
    }

    private static Answer toAnswer(AggregatedHttpResponse response) {
        JsonNode body;
        try {
            body = JSON.readTree(response.contentUtf8());
        } catch (JsonProcessingException e) {
            return new Answer.Unknown("no_answer");
        }
        return switch (response.status().code()) {
            case OK, CONFLICT -> known(body);
            case SERVICE_UNAVAILABLE -> new Answer.NotTaken("overloaded");
            case NOT_FOUND -> new Answer.Missing();
            default -> new Answer.Unknown(body.path("reason").asText("status_" + response.status().code()));
        };
    }

    private static Answer known(JsonNode body) {
        String reason = body.path("reason").asText();
        return switch (body.path("outcome").asText()) {
            case "CONFIRMED" -> new Answer.Known(Told.CONFIRMED, reason);
            case "REJECTED" -> new Answer.Known(Told.REJECTED, reason);
            default -> new Answer.Unknown("no_outcome");
        };
    }
}
