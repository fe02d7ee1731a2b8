package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.http.Answers;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code holdfast members add}. */
@Command(name = "add", description = {"Adds a node that has started with an empty data directory and waits for it.",
        "It votes when this comes back."}, mixinStandardHelpOptions = true)
final class MembersAddCommand extends MembersCommand {

    @Parameters(index = "0", paramLabel = "ID", description = "Its name; one that no node had before.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "HOST:PORT", description = "Where the others reach its log.")
    private String log = "";

    @Parameters(index = "2", paramLabel = "URL", description = "Where it takes requests.")
    private String api = "";

    @Override
    JsonNode ask(ServerClient client) throws ClientException, InterruptedException {
        return client.post(MembersCommands.MEMBERS, Answers.object().put("id", id).put("log", log).put("api", api));
    }

    @Override
    void tell(JsonNode answer, PrintWriter out) {
        out.println(Words.clean(id) + " is a member.");
        sayConfiguration(answer, out);
    }
}
