package io.holdfast.tests.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.State;
import io.holdfast.tests.faults.Asked.Answer;
import io.holdfast.tests.faults.Asked.Operation;
import io.holdfast.tests.process.Reach;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Asks the native interface of any node, and writes down what it asked when, and what it was told when. Thread-safe, except for the
 * numbers of its requests: one object for each thread.
 */
final class HistoryClient {

    static final String BRANCH = "b";

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Undecided ones end by themselves within a run. In milliseconds. */
    private static final int DEADLINE_MILLIS = 5_000;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT).build();
    private final String name;
    private final Reach reach;
    private final String participant;
    private final HistoryFile history;
    private int count;

    /** @param participant URL of the participant of all branches */
    HistoryClient(String name, Reach reach, String participant, HistoryFile history) {
        this.name = name;
        this.reach = reach;
        this.participant = participant;
        this.history = history;
    }

    /** Asks one node; whatever comes back, or does not, is written down. */
    Answer ask(Operation operation, String gid, int node) throws InterruptedException {
        HttpRequest request = request(operation, gid, reach.servers().get(node) + "/api/v1/");
        Asked asked = new Asked(name, count++, operation, gid, node, System.nanoTime(), null);
        history.asked(asked);
        Answer answer = answer(request);
        history.told(asked, answer);
        return answer;
    }

    private HttpRequest request(Operation operation, String gid, String base) {
        HttpRequest.Builder builder = switch (operation) {
            case BEGIN_TCC -> post(base + "transactions", begin(gid));
            case BEGIN_SAGA -> post(base + "sagas", saga(gid));
            case REGISTER -> post(base + "transactions/" + gid + "/branches", tccBranch());
            case CONFIRM -> post(base + "transactions/" + gid + "/decision", decision("confirm"));
            case CANCEL -> post(base + "transactions/" + gid + "/decision", decision("cancel"));
            case QUERY -> HttpRequest.newBuilder(URI.create(base + "transactions/" + gid));
        };
        reach.authorize(builder);
        return builder.timeout(reach.answerLimit()).build();
    }

    private static HttpRequest.Builder post(String url, ObjectNode body) {
        return HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()));
    }

    private static ObjectNode begin(String gid) {
        return JSON.createObjectNode().put("gid", gid).put("deadlineMillis", DEADLINE_MILLIS);
    }

    private static ObjectNode decision(String what) {
        return JSON.createObjectNode().put("decision", what);
    }

    private ObjectNode tccBranch() {
        ObjectNode body = JSON.createObjectNode();
        body.withArray("branches").addObject().put("branchId", BRANCH).put("confirm", participant + "/confirm")
                .put("cancel", participant + "/cancel");
        return body;
    }

    /** Every other one is refused by its second action. */
    private ObjectNode saga(String gid) {
        ObjectNode body = begin(gid);
        ArrayNode branches = body.withArray("branches");
        for (int i = 1; i <= 2; i++) {
            String url = participant + (i == 2 && Math.floorMod(gid.hashCode(), 2) == 0 ? "/refusing" : "");
            branches.addObject().put("branchId", "s" + i).put("action", url + "/action")
                    .put("compensate", url + "/compensate");
        }
        return body;
    }

    private Answer answer(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            long now = System.nanoTime();
            JsonNode body = JSON.readTree(response.body());
            JsonNode shown = response.statusCode() / 100 == 2 ? body : body.path("transaction");
            String state = shown.path("state").asText();
            return new Answer(now, response.statusCode(), body.path("code").asText(),
                    state.isEmpty() ? null : State.valueOf(state), body.path("changed").asBoolean());
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON came back of " + request, e);
        } catch (IOException e) {
            return new Answer(System.nanoTime(), 0, "", null, false);
        }
    }

    void close() {
        http.shutdownNow();
    }
}
