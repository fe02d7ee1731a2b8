package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code holdfast tx resume}. */
@Command(name = "resume", description = {"Makes the calls again of what was paused.",
        "For one transaction, or for all that match a filter: then it asks first, or wants --yes."}, mixinStandardHelpOptions = true)
final class TxResumeCommand extends HarmlessOrder.Calling {

    TxResumeCommand(Prompt prompt) {
        super(prompt);
    }

    @Override
    String action() {
        return "resume";
    }

    @Override
    String effect(JsonNode transaction) {
        return transaction.path("finished").asBoolean()
                ? "It is finished: that would be refused."
                : "It would be paused no longer, and what is owed would be called at once.";
    }
}
