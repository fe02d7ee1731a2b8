package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code holdfast members remove}. */
@Command(name = "remove", description = {
        "Removes a member, whether it runs or not. One that leads lets another lead first.",
        "Its process ends, and does not take part again with the data it has."}, mixinStandardHelpOptions = true)
final class MembersRemoveCommand extends MembersCommand {

    @Parameters(index = "0", paramLabel = "ID", description = "Its name.")
    private String id = "";

    @Override
    JsonNode ask(ServerClient client) throws ClientException, InterruptedException {
        return client.delete(MembersCommands.MEMBERS + "/" + ServerClient.encoded(id));
    }

    @Override
    void tell(JsonNode answer, PrintWriter out) {
        out.println(Words.clean(id) + " is no member any more.");
        sayConfiguration(answer, out);
    }
}
