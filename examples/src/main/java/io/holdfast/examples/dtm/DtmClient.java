package io.holdfast.examples.dtm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.examples.rest.CoordinatorNodes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * One request, one answer on the dtm HTTP wire; it never retries by itself. Thread-safe.
 *
 * <p>Source: the HTTP interface of dtm v1.19. A request that the server answers with anything but 200 or 409 is
 * {@linkplain CoordinatorAnswer.Unknown unknown}, and so is one that it does not answer.
 */
public final class DtmClient {
    /** Asked for in every transaction, in seconds: how long a participant's answer is waited for. */
    private static final int CALL_SECONDS = 3;
    /** Asked for in every transaction, in seconds: a demo cannot wait for dtm's default of ten. */
    private static final int RETRY_SECONDS = 1;
    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final CoordinatorNodes nodes;
    private final Duration answerWait;

    /**
     * @param nodes       where it listens
     * @param answerWait  how long an answer is waited for
     */
    public DtmClient(HttpClient http, CoordinatorNodes nodes, Duration answerWait) {
        this.http = http;
        this.nodes = nodes;
        this.answerWait = answerWait;
    }

    /** Hands over a Saga; the answer says that it is durable, not that it has run. */
    public CoordinatorAnswer submitSaga(String gid, List<SagaStep> steps) throws InterruptedException {
        ObjectNode body = transaction(gid, "saga");
        for (SagaStep step : steps) {
            body.withArray("steps").addObject().put("action", step.action().toString()).put("compensate",
                    step.compensate().toString());
            body.withArray("payloads").add(step.payload());
        }
        return post("submit", body);
    }

    private CoordinatorAnswer post(String operation, ObjectNode body) throws InterruptedException {
        URI node = nodes.current();
        HttpRequest request = HttpRequest.newBuilder(node.resolve("/api/dtmsvr/" + operation)).timeout(answerWait)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == UNAVAILABLE) {
                nodes.failed(node);
            }
            return switch (response.statusCode()) {
                case OK -> new CoordinatorAnswer.Done();
                case CONFLICT -> new CoordinatorAnswer.Refused(response.body());
                default -> new CoordinatorAnswer.Unknown(describe(response));
            };
        } catch (IOException e) {
            nodes.failed(node);
            return new CoordinatorAnswer.Unknown(e.toString());
        }
    }

    private static ObjectNode transaction(String gid, String mode) {
        return JSON.createObjectNode().put("gid", gid).put("trans_type", mode).put("request_timeout", CALL_SECONDS)
                .put("retry_interval", RETRY_SECONDS);
    }

    private static String describe(HttpResponse<String> response) {
        return "status " + response.statusCode() + " " + response.body();
    }
}
