package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code holdfast members list}. */
@Command(name = "list", description = "Shows the members as the node that is asked knows them, and who leads.", mixinStandardHelpOptions = true)
final class MembersListCommand extends MembersCommand {

    @Override
    JsonNode ask(ServerClient client) throws ClientException, InterruptedException {
        return client.get(MembersCommands.CLUSTER);
    }

    @Override
    void tell(JsonNode answer, PrintWriter out) {
        String leader = Words.text(answer, "leader");
        Table table = new Table("ID", "LOG", "REQUESTS", "");
        for (JsonNode member : answer.path("members")) {
            String id = Words.text(member, "id");
            table.row(id, Words.text(member, "log"), Words.text(member, "api"), id.equals(leader) ? "leads" : "");
        }
        table.lines().forEach(out::println);
        out.println("Asked: " + Words.text(answer, "node") + " (" + Words.text(answer, "standing") + "), term "
                + Words.text(answer, "term") + (leader.isEmpty() ? "; it knows of no leader" : ""));
    }
}
