package io.holdfast.tests.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The dtm HTTP wire as a client writes it: one request, one answer, connections kept alive, nothing but
 * questions sent again. Thread-safe. */
public final class DtmWire implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> UNFINISHED = List.of("prepared", "submitted", "aborting");

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor()).connectTimeout(Duration.ofSeconds(5)).build();
    private final List<String> bases;
    private final Reach reach;
    private final AtomicInteger at = new AtomicInteger();

    DtmWire(String server) {
        this(Reach.of(List.of(server)));
    }

    /** @param reach with servers any of which can be asked: who gets no answer from one, or that it can do nothing, goes on to the next */
    public DtmWire(Reach reach) {
        this.reach = reach;
        this.bases = reach.servers().stream().map(server -> server + "/api/dtmsvr/").toList();
    }

    /** What came back. */
    public record Answer(int status, String body) {
        /** It is so, and durable. */
        public boolean isSuccess() {
            return status == 200 && body.contains("\"SUCCESS\"");
        }

        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + body, e);
            }
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A transaction that is retried every second and whose participants get a second to answer. */
    public static ObjectNode transaction(String gid, String mode) {
        return object().put("gid", gid).put("trans_type", mode).put("retry_interval", 1).put("request_timeout", 1);
    }

    static ObjectNode branch(String gid, String branchId, String url) {
        return object().put("gid", gid).put("trans_type", "tcc").put("branch_id", branchId)
                .put("confirm", url + "/confirm").put("cancel", url + "/cancel").put("data", "{\"amount\":30}");
    }

    public Answer post(String name, ObjectNode body) throws IOException, InterruptedException {
        return post(name, body.toString());
    }

    Answer post(String name, String body) throws IOException, InterruptedException {
        return send(base -> HttpRequest.newBuilder(base.resolve(name)).POST(BodyPublishers.ofString(body)));
    }

    /** Asks each server once, until one has an answer: a question can be asked again. */
    public Answer get(String nameAndQuery) throws IOException, InterruptedException {
        for (int server = 1;; server++) {
            try {
                Answer answer = send(base -> HttpRequest.newBuilder(base.resolve(nameAndQuery)).GET());
                if (answer.status() / 100 != 5 || server == bases.size()) {
                    return answer;
                }
            } catch (IOException e) {
                if (server == bases.size()) {
                    throw e;
                }
            }
        }
    }

    private Answer send(Function<URI, HttpRequest.Builder> request) throws IOException, InterruptedException {
        int asked = at.get();
        boolean answered = false;
        try {
            HttpRequest.Builder builder = request.apply(URI.create(bases.get(asked % bases.size())))
                    .timeout(reach.answerLimit());
            reach.authorize(builder);
            HttpResponse<String> response = http.send(builder.build(), BodyHandlers.ofString());
            answered = response.statusCode() / 100 != 5;
            return new Answer(response.statusCode(), response.body());
        } finally {
            if (!answered) {
                at.compareAndSet(asked, asked + 1);
            }
        }
    }

    /** What Prometheus would scrape. */
    String metrics() throws IOException, InterruptedException {
        return get("../metrics").body();
    }

    /** The transaction and its branches; the transaction is null if the server does not know it. */
    JsonNode query(String gid) throws IOException, InterruptedException {
        Answer answer = get("query?gid=" + gid);
        if (answer.status() != 200) {
            throw new AssertionError("query of " + gid + " was answered " + answer);
        }
        return answer.json();
    }

    public String status(String gid) throws IOException, InterruptedException {
        return query(gid).path("transaction").path("status").asText("unknown");
    }

    /** What the server lists as not finished, over all pages. */
    List<JsonNode> unfinished() throws IOException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        for (String status : UNFINISHED) {
            found.addAll(all("status=" + status));
        }
        return found;
    }

    /** Everything that matches, over all pages. */
    List<JsonNode> all(String filter) throws IOException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        String position = "";
        do {
            Answer answer = get("all?limit=1000&" + filter + "&position=" + position);
            if (answer.status() != 200) {
                throw new AssertionError("a listing was answered " + answer);
            }
            answer.json().path("transactions").forEach(found::add);
            position = answer.json().path("next_position").asText();
        } while (!position.isEmpty());
        return found;
    }

    @Override
    public void close() {
        // Waiting for requests that nobody answers any more would only cost time.
        http.shutdownNow();
    }
}
