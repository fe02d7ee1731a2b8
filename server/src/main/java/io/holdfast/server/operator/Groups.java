package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.server.http.Answers;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Transactions that wait for the same thing, most first: the same target, the same error.
 *
 * @param looked how many were looked at
 * @param more   whether there are further ones
 */
record Groups(List<Row> rows, int looked, boolean more) {

    /** Ids and amounts in a message must not make a group of each. */
    private static final Pattern LONG_NUMBER = Pattern.compile("[0-9A-Fa-f-]*\\d{4}[0-9A-Fa-f-]*");

    /**
     * One group.
     *
     * @param target        host and port, or who else is waited for
     * @param error         in words, numbers of four digits and more replaced by {@code #}
     * @param needAttention how many of them somebody should look at
     * @param oldest        the summary of the one that began first
     */
    record Row(String target, String error, int count, int needAttention, JsonNode oldest) {

        private Row plus(JsonNode summary) {
            return new Row(target, error, count + 1,
                    needAttention + (summary.path("needsAttention").asBoolean() ? 1 : 0), earlier(oldest, summary));
        }

        private static JsonNode earlier(JsonNode one, JsonNode other) {
            String first = Words.text(one, "createdAt");
            return Words.text(other, "createdAt").compareTo(first) < 0 ? other : one;
        }
    }

    static Groups of(Summaries summaries) {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (JsonNode summary : summaries.found()) {
            String target = target(summary);
            String error = LONG_NUMBER.matcher(Words.text(summary, "lastError")).replaceAll("#");
            rows.compute(target + "\n" + error,
                    (key, row) -> (row == null ? new Row(target, Words.orNothing(error), 0, 0, summary) : row)
                            .plus(summary));
        }
        return new Groups(
                rows.values().stream().sorted(Comparator.comparingInt(Row::count).reversed()).toList(),
                summaries.found().size(), summaries.more());
    }

    private static String target(JsonNode summary) {
        if (summary.path("finished").asBoolean()) {
            return "nothing: finished";
        }
        if (summary.path("paused").asBoolean()) {
            return "an operator: paused";
        }
        String target = Words.text(summary, "target");
        return target.isEmpty() ? "its caller" : target;
    }

    ObjectNode json() {
        ObjectNode json = Answers.object();
        ArrayNode array = json.putArray("groups");
        for (Row row : rows) {
            array.addObject().put("target", row.target()).put("error", row.error()).put("count", row.count())
                    .put("needAttention", row.needAttention()).put("oldestAt", Words.text(row.oldest(), "createdAt"))
                    .put("example", Words.text(row.oldest(), "gid"));
        }
        return json.put("lookedAt", looked).put("more", more);
    }
}
