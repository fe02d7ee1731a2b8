package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.http.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Settles exactly those that were listed and confirmed, one after the other. An order by filter would be about those that match
 * when it arrives, whichever they are.
 */
final class SettleEach {

    /** It was ordered, and nobody knows what came of it. */
    static final String NO_ANSWER = "no_answer";
    /** The server was gone before it was its turn. */
    static final String NOT_ORDERED = "not_ordered";

    private final ServerClient client;
    private final ObjectNode signed;
    private final Consumer<String> told;
    private final List<JsonNode> others = new ArrayList<>();
    private int settled;

    /**
     * @param signed actor and reason
     * @param told   takes a line for each that is done or has finished meanwhile
     */
    SettleEach(ServerClient client, ObjectNode signed, Consumer<String> told) {
        this.client = client;
        this.signed = signed;
        this.told = told;
    }

    Batch.Done carryOut(List<String> gids) throws InterruptedException {
        boolean isThere = true;
        for (String gid : gids) {
            if (isThere) {
                isThere = settle(gid);
            } else {
                other(gid, NOT_ORDERED, "not ordered: the server had stopped answering before");
            }
        }
        return new Batch.Done(settled, others);
    }

    /** Returns whether the server still answers. */
    private boolean settle(String gid) throws InterruptedException {
        try {
            client.post(Cases.path(gid) + "/operator/settle", signed.deepCopy().put("confirmGid", gid));
        } catch (ClientException e) {
            if (e.mayHaveBeenDone()) {
                other(gid, NO_ANSWER, "it may have been settled: look with tx show " + Words.quoted(Words.clean(gid))
                        + ", or give it again: " + e.getMessage());
            } else if (e.isNoAnswer()) {
                other(gid, NOT_ORDERED, "not ordered: " + e.getMessage());
            } else {
                other(gid, e.code().isEmpty() ? "refused" : e.code(), "refused: " + e.getMessage());
            }
            return !e.isNoAnswer();
        }
        settled++;
        told.accept("  " + Words.clean(gid) + ": settled");
        return true;
    }

    private void other(String gid, String code, String message) {
        JsonNode refusal = Answers.object().put("gid", gid).put("code", code).put("message", message);
        others.add(refusal);
        if (Batch.Done.isFinishedMeanwhile(refusal)) {
            told.accept("  " + Words.clean(gid) + ": finished meanwhile");
        }
    }

    /** What became of all, in numbers. */
    static String totals(Batch.Done done) {
        long finished = done.refused().size() - done.problems().size();
        long unknown = coded(done, NO_ANSWER);
        long notOrdered = coded(done, NOT_ORDERED);
        long refused = done.problems().size() - unknown - notOrdered;
        return done.applied() + " settled, " + finished + " finished meanwhile, " + refused + " refused"
                + (unknown == 0 ? "" : ", " + unknown + " without an answer")
                + (notOrdered == 0 ? "" : ", " + notOrdered + " not ordered");
    }

    private static long coded(Batch.Done done, String code) {
        return done.refused().stream().filter(one -> one.path("code").asText().equals(code)).count();
    }
}
