package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.http.Answers;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody sees of the transactions that match before they order anything: where each is and what it holds.
 *
 * @param count how many match
 * @param shown the first of them, as the server shows each; without a state if it is not known any more
 */
record Matches(int count, List<JsonNode> shown) {

    private static final String INDENT = "  ";

    /** Asks for each of the first {@code most}. */
    static Matches read(ServerClient client, List<String> gids, int most) throws ClientException, InterruptedException {
        List<JsonNode> shown = new ArrayList<>();
        for (String gid : gids.subList(0, Math.min(most, gids.size()))) {
            try {
                shown.add(client.get(Cases.path(gid)));
            } catch (ClientException e) {
                if (!e.isNotFound()) {
                    throw e;
                }
                shown.add(Answers.object().put("gid", gid));
            }
        }
        return new Matches(gids.size(), shown);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(Words.counted(count, "unfinished transaction matches", "unfinished transactions match")
                + (count == 0 ? "." : ":"));
        if (count == 0) {
            return lines;
        }
        Table table = new Table("GID", "STATE", "DECISION", "STILL HELD");
        for (JsonNode one : shown) {
            table.row(Words.text(one, "gid"), Words.orNothing(Words.text(one, "stateText")),
                    Words.orNothing(decision(one)), Words.orNothing(String.join(", ", held(one))));
        }
        table.lines().forEach(line -> lines.add(INDENT + line));
        if (count > shown.size()) {
            lines.add(INDENT + "and " + (count - shown.size()) + " more (--json names all)");
        }
        return lines;
    }

    private static String decision(JsonNode transaction) {
        return transaction.has("state") && !transaction.has("decision")
                ? "undecided"
                : Words.text(transaction, "decision");
    }

    /** Ids of the branches that are neither confirmed nor released. */
    static List<String> held(JsonNode transaction) {
        List<String> held = new ArrayList<>();
        transaction.path("held").forEach(branch -> held.add(Words.clean(branch.asText())));
        return held;
    }

    /** The same for machines. */
    ArrayNode json() {
        ArrayNode json = Answers.JSON.createArrayNode();
        for (JsonNode one : shown) {
            ObjectNode line = json.addObject().put("gid", one.path("gid").asText());
            for (String field : List.of("state", "decision", "held")) {
                if (one.has(field)) {
                    line.set(field, one.path(field));
                }
            }
        }
        return json;
    }
}
