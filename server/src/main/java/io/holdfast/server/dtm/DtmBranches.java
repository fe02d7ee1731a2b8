package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Branches as dtm's clients describe them. */
final class DtmBranches {

    static final int MAX_PAYLOAD_BYTES = 1 << 20;
    private static final int MAX_URL_CHARS = 2_048;

    private DtmBranches() {
    }

    static BranchSpec tcc(DtmBody body) throws DtmProblem {
        return new BranchSpec(DtmIds.branchId(body), body.text("confirm", MAX_URL_CHARS),
                body.text("cancel", MAX_URL_CHARS), payload("data", body.anyText("data")));
    }

    /** Steps and their payloads; old clients put a payload into its step, as {@code data}. */
    static List<BranchSpec> saga(DtmBody body, int maxBranches) throws DtmProblem {
        List<JsonNode> steps = body.list("steps", maxBranches);
        List<JsonNode> payloads = body.list("payloads", maxBranches);
        if (!payloads.isEmpty() && payloads.size() < steps.size()) {
            throw DtmProblem.field("payloads", payloads.size() + " payloads for " + steps.size() + " steps",
                    "one payload for each step, or none at all");
        }
        List<BranchSpec> branches = new ArrayList<>(steps.size());
        for (int i = 0; i < steps.size(); i++) {
            String where = "steps[" + i + "]";
            if (!steps.get(i).isObject()) {
                throw DtmProblem.field(where, DtmBody.typeOf(steps.get(i)), "an object");
            }
            DtmBody step = new DtmBody(where + ".", steps.get(i));
            Payload payload = payloads.isEmpty()
                    ? payload(where + ".data", step.anyText("data"))
                    : payload(i, payloads.get(i));
            branches.add(new BranchSpec(branchId(i), step.text("action", MAX_URL_CHARS),
                    step.text("compensate", MAX_URL_CHARS), payload));
        }
        return branches;
    }

    private static String branchId(int index) {
        return index < 9 ? "0" + (index + 1) : Integer.toString(index + 1);
    }

    private static Payload payload(int index, JsonNode node) throws DtmProblem {
        String name = "payloads[" + index + "]";
        return node.isNull() ? Payload.EMPTY : payload(name, DtmBody.text(name, node));
    }

    private static Payload payload(String name, String text) throws DtmProblem {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_PAYLOAD_BYTES) {
            throw new DtmProblem(ErrorCode.TOO_LARGE, "field " + name + " has " + bytes.length
                    + " bytes; allowed: at most " + MAX_PAYLOAD_BYTES, "at most " + MAX_PAYLOAD_BYTES + " bytes");
        }
        return Payload.of(bytes);
    }
}
