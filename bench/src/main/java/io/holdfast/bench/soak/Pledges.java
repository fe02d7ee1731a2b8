package io.holdfast.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.bench.wire.DtmWire;
import io.holdfast.bench.wire.Gids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Transactions that must not end and must not be forgotten: two-branch TCCs with a deadline a month away whose participant is down.
 * Every second one is decided, so the server keeps calling.
 */
final class Pledges {

    /** Nobody listens there, and only root could. */
    private static final String DOWN = "http://127.0.0.1:1";
    private static final int MONTH_SECONDS = 30 * 24 * 3_600;
    private static final Set<String> UNFINISHED = Set.of("prepared", "submitted");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Gids gids = new Gids();
    private final List<String> begun = new ArrayList<>();

    void begin(DtmWire wire, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String gid = gids.next();
            wire.prepareTcc(gid, MONTH_SECONDS);
            wire.registerTccBranch(gid, "01", DOWN);
            wire.registerTccBranch(gid, "02", DOWN);
            if (i % 2 == 0) {
                wire.submitTcc(gid);
            }
            begun.add(gid);
        }
    }

    /** Those that are not there any more, or not as they should be. */
    List<String> missing(DtmWire wire) throws IOException {
        List<String> missing = new ArrayList<>();
        for (String gid : begun) {
            JsonNode found = JSON.readTree(wire.query(gid));
            String status = found.path("transaction").path("status").asText("unknown");
            if (!UNFINISHED.contains(status) || found.path("branches").size() != 4) {
                missing.add(gid + " is " + status);
            }
        }
        return missing;
    }
}
