package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.State;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.client.ServerOptions;
import io.holdfast.server.http.Answers;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast tx list}: which transactions there are, or in which groups they wait for the same thing. */
@Command(name = "list", description = {
        "Lists transactions, the oldest first: the unfinished ones, if nothing else is asked for.",
        "In the list '!' says that somebody should look."}, mixinStandardHelpOptions = true)
final class TxListCommand implements Callable<Integer> {

    private static final int OK = 0;
    private static final int MAX_LIMIT = 100_000;
    private static final int DEFAULT_LIMIT = 50;
    private static final int DEFAULT_GROUP_LIMIT = 20_000;
    private static final int MAX_WAITS_CHARS = 120;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private FilterOptions filter = new FilterOptions();

    @Option(names = "--business-key", paramLabel = "KEY", description = "The one with this business key, an order number for example; a finished one too.")
    private @Nullable String businessKey;

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "With this label, for example of a customer; may be repeated.")
    private Map<String, String> labels = Map.of();

    @Option(names = "--all", description = "Finished ones too.")
    private boolean all;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many, 1 to " + MAX_LIMIT + " (default: "
            + DEFAULT_LIMIT + "; with --group it is how many are looked at: " + DEFAULT_GROUP_LIMIT + ").")
    private @Nullable Integer limit;

    @Option(names = "--group", description = "A line for each target and error instead: is it one, or many?")
    private boolean group;

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    @Override
    public Integer call() throws ClientException, InterruptedException {
        CommandLine commandLine = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
        int most = limit == null ? group ? DEFAULT_GROUP_LIMIT : DEFAULT_LIMIT : limit;
        if (most < 1 || most > MAX_LIMIT) {
            throw new ParameterException(commandLine,
                    "--limit=" + most + " is not allowed; allowed: 1 to " + MAX_LIMIT);
        }
        PrintWriter out = commandLine.getOut();
        try (ServerClient client = server.open()) {
            Summaries summaries = Summaries.read(client, query(), this::hasLabels, most);
            if (group) {
                groups(Groups.of(summaries), client.now(), out);
            } else {
                list(summaries, client.now(), out);
            }
        }
        out.flush();
        return OK;
    }

    private String query() {
        StringBuilder query = new StringBuilder(filter.query());
        if (businessKey != null) {
            query.append("&businessKey=").append(ServerClient.encoded(businessKey));
        }
        for (State state : State.values()) {
            boolean wanted = filter.states().isEmpty()
                    ? !state.isFinished() && !all && businessKey == null
                    : filter.states().contains(state);
            query.append(wanted ? "&state=" + state : "");
        }
        return query.toString();
    }

    private boolean hasLabels(JsonNode summary) {
        return labels.entrySet().stream().allMatch(
                label -> summary.path("labels").path(label.getKey()).asText().equals(label.getValue()));
    }

    private void list(Summaries summaries, Instant now, PrintWriter out) {
        if (json) {
            ObjectNode object = Answers.object();
            ArrayNode array = object.putArray("transactions");
            summaries.found().forEach(array::add);
            out.println(object.put("more", summaries.more()));
            return;
        }
        if (summaries.found().isEmpty()) {
            out.println("No " + (all || businessKey != null ? "" : "unfinished ") + "transaction matches.");
            return;
        }
        Table table = new Table("", "GID", "MODE", "AGE", "STATE", "DECISION", "WAITS FOR");
        for (JsonNode one : summaries.found()) {
            table.row(one.path("needsAttention").asBoolean() ? "!" : "", Words.text(one, "gid"),
                    Words.text(one, "mode"),
                    Words.orNothing(Words.ago(one, "createdAt", now)), Words.text(one, "stateText"),
                    one.has("decision") ? Words.text(one, "decision") : "undecided",
                    Words.clipped(waitsFor(one), MAX_WAITS_CHARS));
        }
        table.lines().forEach(out::println);
        if (summaries.more()) {
            out.println(
                    "These are the oldest " + summaries.found().size() + ", and there are more: --limit N shows more, "
                            + "--group how many wait for the same.");
        }
    }

    private static String waitsFor(JsonNode one) {
        if (one.path("finished").asBoolean()) {
            return Words.NOTHING;
        }
        if (one.path("paused").asBoolean()) {
            return "an operator: " + Words.text(one, "pausedReason");
        }
        String target = Words.text(one, "target");
        if (target.isEmpty()) {
            return Words.text(one, "state").equals(State.TRYING.name()) ? "its caller" : Words.NOTHING;
        }
        return one.has("lastError") ? target + ": " + Words.text(one, "lastError") : target;
    }

    private void groups(Groups groups, Instant now, PrintWriter out) {
        if (json) {
            out.println(groups.json());
            return;
        }
        if (groups.rows().isEmpty()) {
            out.println("No " + (all ? "" : "unfinished ") + "transaction matches.");
            return;
        }
        Table table = new Table("COUNT", "ATTENTION", "WAITS FOR", "ERROR", "OLDEST", "EXAMPLE");
        for (Groups.Row row : groups.rows()) {
            table.row(Integer.toString(row.count()), Integer.toString(row.needAttention()), row.target(),
                    Words.clipped(row.error(), MAX_WAITS_CHARS),
                    Words.orNothing(Words.ago(row.oldest(), "createdAt", now)), Words.text(row.oldest(), "gid"));
        }
        table.lines().forEach(out::println);
        if (groups.more()) {
            out.println("That is of the oldest " + groups.looked() + ", and there are more: --limit N looks at more.");
        }
    }
}
