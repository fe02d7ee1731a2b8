package io.holdfast.tests.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.tests.process.FencedBranches.Effect;
import io.holdfast.tests.process.Promise.Kind;
import io.holdfast.tests.process.Promise.Told;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Judges one transaction after everything has come to rest: what was told, what the server says, what participants saw. */
final class Audit {

    private final DtmWire wire;
    private final FencedBranches participant;

    Audit(DtmWire wire, FencedBranches participant) {
        this.wire = wire;
        this.participant = participant;
    }

    /** Empty if every promise was kept. */
    List<String> violations(Promise promise) throws IOException, InterruptedException {
        JsonNode found = wire.query(promise.gid);
        if (!found.path("transaction").isObject()) {
            return promise.begun() ? List.of("acknowledged and lost: " + promise.gid) : List.of();
        }
        List<String> wrong = new ArrayList<>();
        String status = found.path("transaction").path("status").asText();
        if (!status.equals("succeed") && !status.equals("failed")) {
            wrong.add("unfinished: " + status);
        }
        if (promise.told().contains(Told.CONFIRM) && promise.told().contains(Told.CANCEL)) {
            wrong.add("told both confirmed and cancelled");
        }
        for (Told told : promise.told()) {
            if (!status.equals(promised(promise.kind, told))) {
                wrong.add("told " + told + ", but is " + status);
            }
        }
        Set<String> listed = new TreeSet<>();
        found.path("branches").forEach(branch -> listed.add(branch.path("branch_id").asText()));
        if (!listed.containsAll(promise.branches())) {
            wrong.add("branches " + promise.branches() + " were acknowledged, but there are " + listed);
        }
        for (String branchId : listed) {
            Effect effect = participant.effect(promise.gid, branchId);
            if (!isRight(promise.kind, status.equals("succeed"), effect)) {
                wrong.add(status + ", but branch " + branchId + " has " + effect);
            }
        }
        return wrong.stream().map(what -> promise.kind + " " + promise.gid + ": " + what).toList();
    }

    private static String promised(Kind kind, Told told) {
        return switch (told) {
            case CONFIRM -> "succeed";
            case CANCEL -> "failed";
            case STORED -> kind == Kind.DOOMED_SAGA ? "failed" : "succeed";
        };
    }

    private static boolean isRight(Kind kind, boolean succeeded, Effect effect) {
        if (succeeded) {
            return kind != Kind.DOOMED_SAGA && effect.forwardDone() && effect.backwardDelivered() == 0;
        }
        return switch (kind) {
            case TCC -> effect.forwardDelivered() == 0 && effect.undone();
            // Nothing but a refusal stops a Saga, and only the doomed ones meet one.
            case SAGA -> false;
            case DOOMED_SAGA -> effect.undone();
        };
    }
}
