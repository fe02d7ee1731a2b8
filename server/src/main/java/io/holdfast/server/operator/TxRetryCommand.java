package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code holdfast tx retry}. */
@Command(name = "retry", description = {"Makes every call that waits for its next attempt due now.",
        "For one transaction, or for all that match a filter: then it asks first, or wants --yes."}, mixinStandardHelpOptions = true)
final class TxRetryCommand extends HarmlessOrder.Calling {

    TxRetryCommand(Prompt prompt) {
        super(prompt);
    }

    @Override
    String action() {
        return "retry";
    }

    @Override
    String effect(JsonNode transaction) {
        if (transaction.path("finished").asBoolean()) {
            return "It is finished: a retry would be refused.";
        }
        return transaction.path("paused").asBoolean()
                ? "It is paused: a retry calls nobody before it is resumed."
                : "What it waits for would be called now instead of at the next attempt; its decision stays as it is.";
    }
}
