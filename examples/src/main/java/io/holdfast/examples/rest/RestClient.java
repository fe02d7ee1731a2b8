package io.holdfast.examples.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** One request, one answer on the native interface (docs/api.md); it never retries by itself. Thread-safe. */
public final class RestClient {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    private static final String UNFINISHED = "state=TRYING&state=RUNNING&state=CONFIRMING&state=CANCELLING"
            + "&state=COMPENSATING";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final CoordinatorNodes nodes;
    private final Duration answerWait;

    /**
     * @param nodes       where it listens
     * @param answerWait  how long an answer is waited for
     */
    public RestClient(HttpClient http, CoordinatorNodes nodes, Duration answerWait) {
        this.http = http;
        this.nodes = nodes;
        this.answerWait = answerWait;
    }

    /** Begins a TCC with all its branches. If it has begun before, the answer is the state that it has reached. */
    public Reply begin(String gid, long deadlineMillis, List<Branch> branches) throws InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("gid", gid).put("mode", "tcc").put("deadlineMillis",
                deadlineMillis);
        ArrayNode list = body.putArray("branches");
        for (Branch branch : branches) {
            list.addObject().put("branchId", branch.branchId()).put("confirm", branch.confirm().toString())
                    .put("cancel", branch.cancel().toString())
                    .putRawValue("payload", new RawValue(branch.payload()));
        }
        return post("transactions", body);
    }

    /** Decides to confirm. */
    public Reply confirm(String gid) throws InterruptedException {
        return post("transactions/" + encode(gid) + "/decision", JSON.createObjectNode().put("decision", "confirm"));
    }

    /** Decides to cancel. */
    public Reply cancel(String gid, String reason) throws InterruptedException {
        return post("transactions/" + encode(gid) + "/decision",
                JSON.createObjectNode().put("decision", "cancel").put("reason", reason));
    }

    /** Waits for the end, for a bounded time; the answer may be that it has not come. */
    public Reply await(String gid, Duration atMost) throws InterruptedException {
        return toReply(request("transactions/" + encode(gid) + "/wait?timeoutMillis=" + atMost.toMillis(),
                atMost.plus(answerWait)).GET());
    }

    /** Asks what became of a transaction. */
    public Reply get(String gid) throws InterruptedException {
        return toReply(request("transactions/" + encode(gid), answerWait).GET());
    }

    /** How many transactions are not finished; empty if the coordinator does not say. */
    public OptionalInt unfinishedCount() throws InterruptedException {
        int count = 0;
        String cursor = "";
        try {
            do {
                HttpResponse<String> page = send(request("transactions?limit=1000&" + UNFINISHED
                        + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor)), answerWait).GET());
                if (page.statusCode() != OK) {
                    return OptionalInt.empty();
                }
                JsonNode body = JSON.readTree(page.body());
                count += body.path("transactions").size();
                cursor = body.path("nextCursor").asText("");
            } while (!cursor.isEmpty());
            return OptionalInt.of(count);
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    /** Which of these nodes leads the group; -1 if nobody says. */
    public int leader(List<URI> among) throws InterruptedException {
        try {
            HttpResponse<String> response = send(request("cluster", answerWait).GET());
            JsonNode group = JSON.readTree(response.body());
            String leader = group.path("leader").asText("");
            for (JsonNode member : group.path("members")) {
                if (member.path("id").asText().equals(leader)) {
                    return among.indexOf(URI.create(member.path("api").asText()));
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }

    /** Whether each of these nodes takes requests. */
    public boolean areReady(List<URI> all) throws InterruptedException {
        for (URI node : all) {
            try {
                HttpRequest request = HttpRequest.newBuilder(node.resolve("/health/ready")).timeout(answerWait).build();
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != OK) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    /** Whether the coordinator takes requests. */
    public boolean isReady() throws InterruptedException {
        try {
            return send(request("/health/ready", answerWait).GET()).statusCode() == OK;
        } catch (IOException e) {
            return false;
        }
    }

    private Reply post(String path, ObjectNode body) throws InterruptedException {
        return toReply(request(path, answerWait).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private HttpRequest.Builder request(String path, Duration atMost) {
        return HttpRequest.newBuilder(nodes.current().resolve("/api/v1/").resolve(path)).timeout(atMost);
    }

    /** A node that does not answer, or has no leader, is not the one that is asked next. */
    private HttpResponse<String> send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        URI node = request.uri().resolve("/");
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == UNAVAILABLE) {
                nodes.failed(node);
            }
            return response;
        } catch (IOException e) {
            nodes.failed(node);
            throw e;
        }
    }

    private Reply toReply(HttpRequest.Builder request) throws InterruptedException {
        try {
            HttpResponse<String> response = send(request);
            return switch (response.statusCode()) {
                case OK, CREATED, ACCEPTED -> state(JSON.readTree(response.body()));
                case NOT_FOUND -> new Reply.Missing();
                case BAD_REQUEST, CONFLICT, TOO_LARGE -> refused(JSON.readTree(response.body()));
                default -> new Reply.Unknown("status " + response.statusCode() + " " + response.body());
            };
        } catch (JsonProcessingException e) {
            return new Reply.Unknown("not JSON: " + e.getMessage());
        } catch (IOException e) {
            return new Reply.Unknown(e.toString());
        }
    }

    private static Reply.State state(JsonNode transaction) {
        return new Reply.State(transaction.path("state").asText(), transaction.path("reason").asText(""),
                transaction.path("finished").asBoolean());
    }

    private static Reply refused(JsonNode error) {
        JsonNode transaction = error.path("transaction");
        return new Reply.Refused(error.path("code").asText(), error.path("message").asText(),
                transaction.isObject() ? state(transaction) : null);
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
