package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A list, page by page up to a bound. What moves to the archive while somebody pages through may be met twice.
 *
 * @param found the summaries, oldest first
 * @param more  whether further ones match
 */
record Summaries(List<JsonNode> found, boolean more) {

    private static final int MAX_PAGE = 1_000;
    /** Each looks at a bounded number of transactions, and a command has to end. */
    private static final int MAX_PAGES = 10_000;

    /**
     * @param query  parts of a query, each with an ampersand before it
     * @param wanted what the server does not look at
     */
    static Summaries read(ServerClient client, String query, Predicate<JsonNode> wanted, int most)
            throws ClientException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            // One more than wanted tells whether there are more. Where one page is not enough, large ones cost fewer questions.
            int limit = pages == 0 ? Math.min(MAX_PAGE, most + 1) : MAX_PAGE;
            JsonNode page = client.get("/api/v1/transactions?limit=" + limit + query
                    + (cursor.isEmpty() ? "" : "&cursor=" + ServerClient.encoded(cursor)));
            for (JsonNode summary : page.path("transactions")) {
                if (wanted.test(summary)) {
                    found.add(summary);
                }
            }
            String next = page.path("nextCursor").asText("");
            if (found.size() > most) {
                return new Summaries(found.subList(0, most), true);
            }
            if (next.isEmpty()) {
                return new Summaries(found, false);
            }
            cursor = next;
        }
        return new Summaries(found, true);
    }
}
