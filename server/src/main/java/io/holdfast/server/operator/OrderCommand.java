package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.client.ServerOptions;
import io.holdfast.server.http.Answers;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * An order about one transaction, or about all that match a filter. Exit codes: 0 done, or nothing to do; 1 the server refused; 2
 * usage, or it was not confirmed.
 */
abstract class OrderCommand implements Callable<Integer> {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int NOT_CONFIRMED = 2;
    private static final int MAX_SHOWN = 20;

    final Prompt prompt;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Parameters(arity = "0..1", paramLabel = "GID", description = "The transaction; or else all that match the options below.")
    private @Nullable String gid;

    @Mixin
    private FilterOptions filter = new FilterOptions();

    @Option(names = "--target", paramLabel = "HOST:PORT", description = "A call is owed to this participant.")
    private @Nullable String target;

    @Option(names = "--error-contains", paramLabel = "TEXT", description = "A branch had an error with this in it.")
    private @Nullable String errorContains;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit trail.")
    private @Nullable String reason;

    @Option(names = "--actor", paramLabel = "NAME", description = "Who orders it, for the audit trail (default: the user of this machine).")
    private String actor = System.getProperty("user.name", "");

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--json", description = "For machines.")
    private boolean json;

    OrderCommand(Prompt prompt) {
        this.prompt = prompt;
    }

    /** As the server names it. */
    abstract String action();

    /** What the order does to one transaction, as a sentence for before it is given. */
    abstract String effect(JsonNode transaction);

    /** Whether to go on with one transaction; if not, it has been said why. */
    abstract boolean confirmed(JsonNode transaction, PrintWriter err);

    /** Whether to go on with so many; if not, it has been said why. */
    abstract boolean confirmed(int count, PrintWriter err);

    /** Adds what an order about one transaction needs beside actor and reason. */
    void complete(ObjectNode order, String confirmedGid) {
    }

    /** Whether an order for many has to say how many. */
    boolean isCounted() {
        return false;
    }

    /** Called when the order was carried out, with where the transaction is. */
    void after(ServerClient client, String path) throws ClientException, InterruptedException {
    }

    @Nullable
    String reason() {
        return reason;
    }

    ParameterException usage(String message) {
        return new ParameterException(commandLine(), message);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
    }

    /** What has to be in order before anybody is asked. */
    void check() {
        boolean some = !filter.isEmpty() || target != null || errorContains != null;
        if (gid != null && some) {
            throw usage("Either a GID or a filter, not both");
        }
        if (gid == null && !some) {
            throw usage("Which transactions? Give a GID, or a filter such as --needs-attention or --target HOST:PORT");
        }
    }

    @Override
    public Integer call() throws ClientException, InterruptedException {
        check();
        PrintWriter out = commandLine().getOut();
        PrintWriter err = commandLine().getErr();
        String one = gid;
        try (ServerClient client = server.open()) {
            return one == null ? all(client, out, err) : one(client, one, out, err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int one(ServerClient client, String id, PrintWriter out, PrintWriter err)
            throws ClientException, InterruptedException {
        JsonNode transaction = Cases.byGidOrKey(client, id);
        String found = transaction.path("gid").asText();
        if (dryRun) {
            if (json) {
                out.println(Answers.object().put("dryRun", true).put("gid", found).put("effect", effect(transaction)));
            } else {
                out.println(Words.clean(found) + " is " + Words.text(transaction, "stateText") + ".");
                out.println(effect(transaction));
                out.println("Nothing was done.");
            }
            return OK;
        }
        if (transaction.path("finished").asBoolean()) {
            throw new ClientException(Words.clean(found) + " is finished: " + Words.text(transaction, "stateText"));
        }
        if (!confirmed(transaction, err)) {
            return NOT_CONFIRMED;
        }
        ObjectNode order = signed();
        complete(order, found);
        client.post(Cases.path(found) + "/operator/" + action(), order);
        after(client, Cases.path(found));
        JsonNode done = client.get(Cases.path(found));
        if (json) {
            out.println(done);
        } else {
            tell(done, found, out);
        }
        return OK;
    }

    private void tell(JsonNode done, String found, PrintWriter out) {
        out.println(action() + " of " + Words.clean(found) + ": ordered as " + Words.clean(actor) + ".");
        out.println("State: " + Words.text(done, "stateText") + ".");
        if (!done.path("finished").asBoolean()) {
            out.println(Words.text(done, "whyStuck"));
            out.println(Words.text(done, "ifNothingIsDone"));
        }
    }

    private ObjectNode signed() {
        ObjectNode order = Answers.object().put("actor", actor);
        if (reason != null) {
            order.put("reason", reason);
        }
        return order;
    }

    private int all(ServerClient client, PrintWriter out, PrintWriter err)
            throws ClientException, InterruptedException {
        ObjectNode order = signed();
        ObjectNode which = filter.json();
        if (target != null) {
            which.put("target", target);
        }
        if (errorContains != null) {
            which.put("errorContains", errorContains);
        }
        order.set("filter", which);
        Batch batch = new Batch(client, action(), order, isCounted());
        Batch.Found found = batch.look();
        Batch.Done nothing = new Batch.Done(0, List.of());
        if (dryRun || found.gids().isEmpty()) {
            say(found, nothing, "Nothing was done.", out);
            return OK;
        }
        if (!confirmed(found.gids().size(), err)) {
            say(found, nothing, "Nothing was done.", out);
            return NOT_CONFIRMED;
        }
        Batch.Done done = batch.carryOut(found);
        say(found, done, action() + " ordered as " + Words.clean(actor) + " for " + done.applied() + " of them.", out);
        done.problems().forEach(
                one -> err.println("holdfast: " + Words.text(one, "gid") + ": " + Words.text(one, "message")));
        return done.problems().isEmpty() ? OK : FAILED;
    }

    private void say(Batch.Found found, Batch.Done done, String end, PrintWriter out) {
        if (json) {
            out.println(Batch.json(found, done, dryRun));
            return;
        }
        int count = found.gids().size();
        out.println(Words.counted(count, "unfinished transaction matches", "unfinished transactions match")
                + (count == 0 ? "." : ":"));
        found.gids().stream().limit(MAX_SHOWN).forEach(one -> out.println("  " + Words.clean(one)));
        if (count > MAX_SHOWN) {
            out.println("  and " + (count - MAX_SHOWN) + " more (--json names all)");
        }
        out.println(end);
    }
}
