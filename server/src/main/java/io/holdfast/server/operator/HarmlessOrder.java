package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** An order that can be taken back by another: one is carried out at once, many after a yes. */
abstract class HarmlessOrder extends OrderCommand {

    @Option(names = "--yes", description = "For many: do not ask.")
    private boolean yes;

    HarmlessOrder(Prompt prompt) {
        super(prompt);
    }

    @Override
    boolean confirmed(JsonNode transaction, PrintWriter err) {
        return true;
    }

    @Override
    boolean confirmed(int count, PrintWriter err) {
        if (yes) {
            return true;
        }
        if (!prompt.isThere()) {
            err.println("holdfast: that needs --yes, or a terminal to ask at");
            return false;
        }
        String question = action() + " " + Words.counted(count, "transaction", "transactions") + "? Type yes: ";
        boolean said = prompt.ask(question).equalsIgnoreCase("yes");
        if (!said) {
            err.println("holdfast: not confirmed");
        }
        return said;
    }

    /** Orders after which calls are made: whoever gave one wants to know what came of it. */
    abstract static class Calling extends HarmlessOrder {

        private static final int MAX_SECONDS = 40;

        @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "5", description = "For one: wait so long for its end, 0 to "
                + MAX_SECONDS + " (default: ${DEFAULT-VALUE}).")
        private int waitSeconds = 5;

        Calling(Prompt prompt) {
            super(prompt);
        }

        @Override
        void check() {
            super.check();
            if (waitSeconds < 0 || waitSeconds > MAX_SECONDS) {
                throw usage("--wait=" + waitSeconds + " is not allowed; allowed: 0 to " + MAX_SECONDS);
            }
        }

        @Override
        void after(ServerClient client, String path) throws ClientException, InterruptedException {
            if (waitSeconds > 0) {
                client.get(path + "/wait?timeoutMillis=" + waitSeconds * 1_000);
            }
        }
    }
}
