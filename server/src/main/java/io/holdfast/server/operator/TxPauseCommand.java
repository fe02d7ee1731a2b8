package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code holdfast tx pause}. */
@Command(name = "pause", description = {
        "Stops the calls to participants until somebody resumes it. A deadline still decides.",
        "For one transaction, or for all that match a filter: then it asks first, or wants --yes."}, mixinStandardHelpOptions = true)
final class TxPauseCommand extends HarmlessOrder {

    TxPauseCommand(Prompt prompt) {
        super(prompt);
    }

    @Override
    String action() {
        return "pause";
    }

    @Override
    String effect(JsonNode transaction) {
        if (transaction.path("finished").asBoolean()) {
            return "It is finished: that would be refused.";
        }
        return "Nobody would be called until somebody resumes it, and what is held stays held; a call that is under way still"
                + " counts, and a deadline still decides.";
    }
}
