package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.client.ServerOptions;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Something about the members of a group, asked of any of its nodes. Exit codes: 0 done; 1 the server refused, or has not answered. */
abstract class MembersCommand implements Callable<Integer> {

    private static final String UNKNOWN = ". The change may have been made, or may still be: look with members list";

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    /** Asks or orders, and returns the answer. */
    abstract JsonNode ask(ServerClient client) throws ClientException, InterruptedException;

    /** Prints what was asked or done for people. */
    abstract void tell(JsonNode answer, PrintWriter out);

    @Override
    public Integer call() throws ClientException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine().getOut();
        try (ServerClient client = server.open()) {
            JsonNode answer = ask(client);
            if (json) {
                out.println(Words.json(answer));
            } else {
                tell(answer, out);
            }
        } catch (ClientException e) {
            throw e.mayHaveBeenDone() ? new ClientException(e.getMessage() + UNKNOWN + server.again(), e) : e;
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    /** The members in an answer as lines of {@code cluster.members}. */
    static void lines(JsonNode answer, PrintWriter out) {
        for (JsonNode member : answer.path("members")) {
            out.println("    - " + Words.text(member, "id") + " " + Words.text(member, "log") + " "
                    + Words.text(member, "api"));
        }
    }

    /** What to do with them. */
    static void sayConfiguration(JsonNode answer, PrintWriter out) {
        out.println("The members now, for cluster.members in the configuration of each node:");
        lines(answer, out);
    }
}
