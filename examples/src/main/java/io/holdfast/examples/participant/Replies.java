package io.holdfast.examples.participant;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;

/** Bodies that the participants send. */
public final class Replies {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Replies() {
    }

    /** @param result the word that dtm looks for, or empty for none */
    static String json(String result, String message) {
        ObjectNode body = JSON.createObjectNode();
        if (!result.isEmpty()) {
            body.put("dtm_result", result);
        }
        return body.put("message", message).toString();
    }

    /** @param calls that are being delivered */
    static String underWay(int calls) {
        return JSON.createObjectNode().put("calls", calls).toString();
    }

    public static String json(FaultCounts counts) {
        ObjectNode body = JSON.createObjectNode();
        for (FaultKind kind : FaultKind.values()) {
            FaultCounts.Count count = counts.of(kind);
            body.putObject(kind.wireName()).put("injected", count.injected()).put("hits", count.hits());
        }
        return body.toString();
    }
}
