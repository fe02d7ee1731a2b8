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
public final class Audit {

    private final DtmWire wire;
    private final FencedBranches participant;
    private final Kept kept;
    private int expired;

    Audit(DtmWire wire, FencedBranches participant, Kept kept) {
        this.wire = wire;
        this.participant = participant;
        this.kept = kept;
    }

    /** How long the server keeps what has succeeded, and what has failed, in milliseconds of wall time. */
    public record Kept(long succeededMillis, long failedMillis) {

        public static final Kept FOR_EVER = new Kept(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);

        /** Whether the server still has to know a transaction, which may have finished as soon as it began. */
        boolean mustKnow(Promise promise) {
            boolean mayHaveFailed = !promise.told().contains(Told.CONFIRM)
                    && !(promise.told().contains(Told.STORED) && promise.kind == Kind.SAGA);
            boolean mayHaveSucceeded = !promise.told().contains(Told.CANCEL) && promise.kind != Kind.DOOMED_SAGA;
            long millis = mayHaveSucceeded ? succeededMillis : failedMillis;
            long least = mayHaveSucceeded && mayHaveFailed ? Math.min(millis, failedMillis) : millis;
            return promise.begun() && System.currentTimeMillis() - promise.madeAtMillis() < least;
        }
    }

    /** Those that retention had forgotten, so that participants alone could be asked. */
    int expired() {
        return expired;
    }

    /** Empty if every promise was kept. */
    List<String> violations(Promise promise) throws IOException, InterruptedException {
        // Asked first: while the server answers, time passes.
        boolean mustBeKnown = kept.mustKnow(promise);
        JsonNode found = wire.query(promise.gid);
        if (!found.path("transaction").isObject()) {
            if (mustBeKnown || promise.begun() && kept.equals(Kept.FOR_EVER)) {
                return List.of("acknowledged and lost: " + promise.gid);
            }
            expired += promise.begun() ? 1 : 0;
            return promise.begun() ? violationsOfExpired(promise) : List.of();
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

    /** Whatever was acknowledged had an end before it was forgotten, the same for all its branches. */
    private List<String> violationsOfExpired(Promise promise) {
        List<Boolean> possible = new ArrayList<>(List.of(true, false));
        for (Told told : promise.told()) {
            possible.removeIf(succeeded -> succeeded != promised(promise.kind, told).equals("succeed"));
        }
        for (String branchId : promise.branches()) {
            Effect effect = participant.effect(promise.gid, branchId);
            possible.removeIf(succeeded -> !isRight(promise.kind, succeeded, effect));
        }
        return possible.isEmpty()
                ? List.of(promise.kind + " " + promise.gid + ": told " + promise.told()
                        + " and forgotten, but its branches have no such end")
                : List.of();
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
