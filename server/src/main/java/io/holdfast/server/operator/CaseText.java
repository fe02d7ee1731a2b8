package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One transaction on one screen, which is also what goes into a ticket. */
final class CaseText {

    private static final int MAX_ERROR_CHARS = 100;
    /** As many as the answer of one dry run has. */
    private static final int MANY = 1_000;

    private final JsonNode transaction;
    private final Instant now;
    private final int alike;
    private final String server;
    private final List<String> lines = new ArrayList<>();

    /**
     * @param alike  how many wait for the same target; -1 if it waits for none
     * @param server what has to be typed after a command to name the server
     */
    CaseText(JsonNode transaction, Instant now, int alike, String server) {
        this.transaction = transaction;
        this.now = now;
        this.alike = alike;
        this.server = server;
    }

    List<String> lines() {
        heading();
        why();
        branches();
        audit();
        next();
        return lines;
    }

    private void heading() {
        String key = text("businessKey");
        lines.add("Transaction " + text("gid") + " (" + text("mode") + ")"
                + (key.isEmpty() ? "" : ", business key " + key));
        line("State", text("stateText"));
        line("Decision", transaction.has("decision")
                ? text("decision") + moment("decidedAt") + reason()
                : "none yet");
        line("Begun",
                text("createdAt") + ", " + Words.ago(transaction, "createdAt", now) + " ago, over " + text("wire"));
        line("Deadline", deadline());
        line("Finished", transaction.has("finishedAt") ? text("finishedAt") + moment("finishedAt") : "");
        line("Attention", transaction.path("needsAttention").asBoolean() ? "needed: " + text("attentionReason") : "");
        line("Paused", text("pausedReason"));
        line("Trace", text("traceparent"));
        line("Labels", transaction.has("labels") ? Words.clean(transaction.path("labels").toString()) : "");
    }

    private String reason() {
        return text("reason").isEmpty() ? "" : ": " + text("reason");
    }

    private String moment(String field) {
        String ago = Words.ago(transaction, field, now);
        return ago.isEmpty() ? "" : ", " + ago + " ago";
    }

    private String deadline() {
        long millis = transaction.path("deadlineMillis").asLong();
        if (millis == 0) {
            return "none";
        }
        String whole = Words.span(Duration.ofMillis(millis)) + " for the decision";
        return transaction.has("deadlineInMillis")
                ? "in " + Words.span(Duration.ofMillis(transaction.path("deadlineInMillis").asLong())) + ", of " + whole
                : whole + "; it is decided, so it does not matter any more";
    }

    private void why() {
        lines.add("");
        line("Why it is stuck", text("whyStuck"));
        line("If nothing is done", text("ifNothingIsDone"));
        List<String> held = new ArrayList<>();
        transaction.path("held").forEach(branch -> held.add(Words.clean(branch.asText())));
        line("Still held", held.isEmpty() ? "nothing" : String.join(", ", held));
        if (alike >= 0) {
            line("One or many", alike <= 1
                    ? "the only one that waits for " + Cases.target(transaction)
                    : (alike < MANY ? alike : MANY + " or more") + " transactions wait for "
                            + Cases.target(transaction));
        }
    }

    private void branches() {
        lines.add("");
        Table table = new Table("BRANCH", "STATE", "ATTEMPTS", "LAST CALL", "NEXT CALL", "LAST ANSWER");
        for (JsonNode branch : transaction.path("branches")) {
            String last = Words.ago(branch, "lastAttemptAt", now);
            table.row(Words.text(branch, "branchId"), Words.text(branch, "stateText"),
                    branch.path("attempts").asText(), last.isEmpty() ? Words.NOTHING : last + " ago", nextCall(branch),
                    Words.clipped(lastAnswer(branch), MAX_ERROR_CHARS));
        }
        lines.addAll(table.lines());
        lines.add("");
        for (JsonNode branch : transaction.path("branches")) {
            JsonNode call = owed(branch);
            lines.add("  " + Words.text(branch, "branchId") + ": "
                    + (call.has("url")
                            ? Words.text(call, "operation") + " " + Words.text(call, "url")
                            : "nothing to call"));
        }
    }

    /** What is called now, or else what was or would be. */
    private JsonNode owed(JsonNode branch) {
        JsonNode backward = branch.path("backward");
        return backward.path("progress").asText().equals("idle") ? branch.path("forward") : backward;
    }

    private String nextCall(JsonNode branch) {
        if (branch.path("inFlight").asBoolean()) {
            return "under way";
        }
        return transaction.path("paused").asBoolean()
                ? Words.NOTHING
                : Words.orNothing(Words.until(branch, "nextAttemptAt", now));
    }

    private String lastAnswer(JsonNode branch) {
        if (branch.has("lastError")) {
            return Words.text(branch, "lastError");
        }
        String done = Words.ago(owed(branch), "doneAt", now);
        if (done.isEmpty()) {
            return Words.NOTHING;
        }
        return (branch.path("alreadyDone").asBoolean() ? "had been done before, said " : "done ") + done + " ago";
    }

    private void audit() {
        if (transaction.path("audit").isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("Audit trail");
        for (JsonNode one : transaction.path("audit")) {
            String why = Words.text(one, "reason");
            lines.add("  " + Words.text(one, "at") + "  " + Words.text(one, "actor") + ": " + Words.text(one, "action")
                    + " in state " + Words.text(one, "stateBefore") + (why.isEmpty() ? "" : ", because: " + why));
        }
    }

    private void next() {
        lines.add("");
        String gid = Words.quoted(text("gid")) + server;
        if (transaction.path("finished").asBoolean()) {
            lines.add("Nothing is left to do.");
            return;
        }
        lines.add("Next");
        if (transaction.path("paused").asBoolean()) {
            command("resume " + gid, "call again");
        } else if (alike >= 0) {
            command("retry " + gid, "call now, once the participant is mended");
        }
        if (alike > 1) {
            command("retry --target " + Cases.target(transaction) + " --dry-run" + server,
                    "the same for all " + (alike < MANY
                            ? Integer.toString(alike)
                            : "of them") + ": which ones");
        }
        if (!transaction.path("paused").asBoolean() && alike >= 0) {
            command("pause " + gid + " --reason TEXT", "stop the calls meanwhile");
        }
        command("show " + gid + " --text case.txt", "hand it over");
        command("settle " + gid + " --reason TEXT --dry-run", "the last resort: what giving up would leave behind");
    }

    private void command(String command, String what) {
        lines.add("  ./holdfast tx " + command);
        lines.add("      " + what);
    }

    private void line(String name, String text) {
        if (!text.isEmpty()) {
            lines.add(name + " ".repeat(Math.max(1, 20 - name.length())) + text);
        }
    }

    private String text(String field) {
        return Words.text(transaction, field);
    }
}
