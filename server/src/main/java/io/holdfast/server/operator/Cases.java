package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.http.Answers;

/** Gets one transaction with everything that is known of it. */
final class Cases {

    private Cases() {
    }

    static String path(String gid) {
        return "/api/v1/transactions/" + ServerClient.encoded(gid);
    }

    /** By gid; what is no gid may be a business key. */
    static JsonNode byGidOrKey(ServerClient client, String id) throws ClientException, InterruptedException {
        try {
            return client.get(path(id));
        } catch (ClientException e) {
            if (!e.isNotFound()) {
                throw e;
            }
            JsonNode found = listed(client, id);
            if (found.isMissingNode()) {
                throw new ClientException("no transaction has the gid or the business key " + Words.clean(id)
                        + ": it never began, or its retention is over");
            }
            return client.get(path(found.path("gid").asText()));
        }
    }

    static JsonNode byKey(ServerClient client, String key) throws ClientException, InterruptedException {
        JsonNode found = listed(client, key);
        if (found.isMissingNode()) {
            throw new ClientException("no transaction has the business key " + Words.clean(key)
                    + ": it never began, or its retention is over");
        }
        return client.get(path(found.path("gid").asText()));
    }

    private static JsonNode listed(ServerClient client, String key) throws ClientException, InterruptedException {
        return client.get("/api/v1/transactions?businessKey=" + ServerClient.encoded(key)).path("transactions").path(0);
    }

    /** How many unfinished ones wait for the same target, this one too; -1 if it waits for none. Changes nothing. */
    static int alike(ServerClient client, JsonNode transaction) throws ClientException, InterruptedException {
        String target = target(transaction);
        if (target.isEmpty()) {
            return -1;
        }
        var order = Answers.object().put("dryRun", true);
        order.putObject("filter").put("target", target);
        return client.post("/api/v1/operator/retry", order).path("matched").asInt();
    }

    /** Host and port of the branch that keeps it from going on; empty if none does. */
    static String target(JsonNode transaction) {
        String target = "";
        for (JsonNode branch : transaction.path("branches")) {
            for (String side : new String[]{"forward", "backward"}) {
                JsonNode call = branch.path(side);
                if (call.path("progress").asText().equals("owed") && !transaction.path("finished").asBoolean()
                        && (target.isEmpty() || branch.has("lastError"))) {
                    target = authority(call.path("url").asText());
                }
            }
        }
        return target;
    }

    private static String authority(String url) {
        int start = url.indexOf("://") + 3;
        int end = start;
        while (end < url.length() && "/?".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(Math.min(start, url.length()), end);
    }
}
