package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast tx settle}: the last resort, so it wants a reason and is confirmed a second time. */
@Command(name = "settle", description = {
        "Finishes it as settled by hand: nobody is called any more, and what is held stays held."
                + " That changes no decision and cannot be taken back.",
        "Needs --reason. One needs --confirm with the gid once more, many --confirm-count with the number that --dry-run told;"
                + " at a terminal it asks."}, mixinStandardHelpOptions = true)
final class TxSettleCommand extends OrderCommand {

    @Option(names = "--confirm", paramLabel = "GID", description = "For one: the gid once more.")
    private @Nullable String confirm;

    @Option(names = "--confirm-count", paramLabel = "N", description = "For many: how many there are.")
    private @Nullable Integer confirmCount;

    TxSettleCommand(Prompt prompt) {
        super(prompt);
    }

    @Override
    String action() {
        return "settle";
    }

    @Override
    boolean isCounted() {
        return true;
    }

    @Override
    void check() {
        super.check();
        String why = reason();
        if (why == null || why.isBlank()) {
            throw usage("settle needs --reason: it is kept in the audit trail");
        }
    }

    @Override
    String effect(JsonNode transaction) {
        if (transaction.path("finished").asBoolean()) {
            return "It is finished: that would be refused.";
        }
        List<String> held = new ArrayList<>();
        transaction.path("held").forEach(branch -> held.add(Words.clean(branch.asText())));
        return "It would be finished as settled by hand: nobody is called any more. "
                + (transaction.has("decision")
                        ? "Its decision, " + Words.text(transaction, "decision") + ", stays as it is. "
                        : "It stays undecided for ever. ")
                + (held.isEmpty()
                        ? "Nothing is held."
                        : "Still held, and yours to confirm or to release at the participants: "
                                + String.join(", ", held)
                                + ".");
    }

    @Override
    boolean confirmed(JsonNode transaction, PrintWriter err) {
        String gid = transaction.path("gid").asText();
        String typed = confirm;
        if (typed == null) {
            err.println(effect(transaction));
            typed = prompt.isThere() ? prompt.ask("Type the gid to settle it: ") : "";
        }
        if (!typed.equals(gid)) {
            err.println("holdfast: nothing was done: to settle it, confirm with --confirm "
                    + Words.quoted(Words.clean(gid)));
            return false;
        }
        return true;
    }

    @Override
    boolean confirmed(int count, PrintWriter err) {
        String typed = confirmCount == null ? "" : confirmCount.toString();
        if (confirmCount == null && prompt.isThere()) {
            typed = prompt.ask(Words.counted(count, "transaction", "transactions")
                    + " would be finished, with what they hold still held. Type the number to settle them: ");
        }
        if (!typed.equals(Integer.toString(count))) {
            err.println(
                    "holdfast: nothing was done: " + count + " match, and to settle them that has to be confirmed with"
                            + " --confirm-count " + count);
            return false;
        }
        return true;
    }

    @Override
    void complete(ObjectNode order, String confirmedGid) {
        order.put("confirmGid", confirmedGid);
    }
}
