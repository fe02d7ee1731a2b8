package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.http.Answers;
import java.util.ArrayList;
import java.util.List;

/** One order for all that match a filter: first a look, which changes nothing, then the order for what the look found. */
final class Batch {

    private final ServerClient client;
    private final String path;
    private final ObjectNode order;
    private final boolean counted;

    /**
     * @param order   filter, actor and reason
     * @param counted whether the server wants to be told how many they are
     */
    Batch(ServerClient client, String action, ObjectNode order, boolean counted) {
        this.client = client;
        this.path = "/api/v1/operator/" + action;
        this.order = order;
        this.counted = counted;
    }

    /** One call to the server: where it began, and what it matched. */
    private record Page(String cursor, int matched) {}

    /** What a look found. */
    record Found(List<Page> pages, List<String> gids) {}

    /** What an order did. {@code refused} has gid, code and message. */
    record Done(int applied, List<JsonNode> refused) {

        private static final String FINISHED_MEANWHILE = "wrong_state";

        /** Without those that have finished meanwhile, which nobody has to look at. */
        List<JsonNode> problems() {
            return refused.stream().filter(one -> !one.path("code").asText().equals(FINISHED_MEANWHILE)).toList();
        }
    }

    Found look() throws ClientException, InterruptedException {
        List<Page> pages = new ArrayList<>();
        List<String> gids = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode answer = client.post(path, request(cursor).put("dryRun", true));
            answer.path("gids").forEach(gid -> gids.add(gid.asText()));
            pages.add(new Page(cursor, answer.path("matched").asInt()));
            cursor = answer.path("nextCursor").asText("");
        } while (!cursor.isEmpty());
        return new Found(pages, gids);
    }

    /** @throws ClientException if the server refuses; the message says what had been done by then */
    Done carryOut(Found found) throws ClientException, InterruptedException {
        int applied = 0;
        List<JsonNode> refused = new ArrayList<>();
        for (Page page : found.pages()) {
            if (page.matched() == 0) {
                continue;
            }
            ObjectNode request = request(page.cursor()).put("dryRun", false);
            if (counted) {
                request.put("confirmCount", page.matched());
            }
            JsonNode answer;
            try {
                answer = client.post(path, request);
            } catch (ClientException e) {
                throw applied == 0
                        ? e
                        : new ClientException(applied + " were done before this: " + e.getMessage());
            }
            applied += answer.path("applied").asInt();
            answer.path("refused").forEach(refused::add);
        }
        return new Done(applied, refused);
    }

    private ObjectNode request(String cursor) {
        ObjectNode request = order.deepCopy();
        return cursor.isEmpty() ? request : request.put("cursor", cursor);
    }

    /** What a look found and, if it was carried out, what was done, for machines. */
    static ObjectNode json(Found found, Done done, boolean dryRun) {
        ObjectNode json = Answers.object().put("dryRun", dryRun).put("matched", found.gids().size());
        ArrayNode gids = json.putArray("gids");
        found.gids().forEach(gids::add);
        ArrayNode refused = json.put("applied", done.applied()).putArray("refused");
        done.refused().forEach(refused::add);
        return json;
    }
}
