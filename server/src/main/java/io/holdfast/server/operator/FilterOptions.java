package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.http.Answers;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which transactions: what a list and an order for many have in common. */
final class FilterOptions {

    @Option(names = "--state", paramLabel = "STATE", split = ",", description = "In one of these: ${COMPLETION-CANDIDATES}.")
    private List<State> states = List.of();

    @Option(names = "--mode", paramLabel = "MODE", description = "Of this mode: tcc, saga.")
    private @Nullable Mode mode;

    @Option(names = "--from", paramLabel = "TIME", converter = MomentConverter.class, description = "Begun then or later: 2026-11-22T10:00:00Z, or 90s, 15m, 2h, 3d ago.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", converter = MomentConverter.class, description = "Begun then or before.")
    private @Nullable Instant to;

    @Option(names = "--needs-attention", description = "Those that somebody should look at.")
    private boolean needsAttention;

    @Option(names = "--paused", description = "Those that an operator has paused.")
    private boolean paused;

    List<State> states() {
        return states;
    }

    boolean isEmpty() {
        return states.isEmpty() && mode == null && from == null && to == null && !needsAttention && !paused;
    }

    /** As the query of a list; each part begins with an ampersand. States are the caller's. */
    String query() {
        StringBuilder query = new StringBuilder();
        if (mode != null) {
            query.append("&mode=").append(mode.name().toLowerCase(Locale.ROOT));
        }
        if (from != null) {
            query.append("&from=").append(ServerClient.encoded(from.toString()));
        }
        if (to != null) {
            query.append("&to=").append(ServerClient.encoded(to.toString()));
        }
        return query.append(needsAttention ? "&needsAttention=true" : "").append(paused ? "&paused=true" : "")
                .toString();
    }

    /** As the filter of an order. */
    ObjectNode json() {
        ObjectNode json = Answers.object();
        if (!states.isEmpty()) {
            ArrayNode names = json.putArray("states");
            states.forEach(state -> names.add(state.name()));
        }
        if (mode != null) {
            json.put("mode", mode.name().toLowerCase(Locale.ROOT));
        }
        if (from != null) {
            json.put("from", from.toString());
        }
        if (to != null) {
            json.put("to", to.toString());
        }
        if (needsAttention) {
            json.put("needsAttention", true);
        }
        if (paused) {
            json.put("paused", true);
        }
        return json;
    }
}
