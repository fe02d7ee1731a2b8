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
import java.util.function.Consumer;
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
    private static final int MANY_SHOWN = 20;
    private static final Batch.Done NOTHING_DONE = new Batch.Done(0, List.of());

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

    @Option(names = "--error-contains", paramLabel = "TEXT", description = "The logged error class of a branch has this in it, for example 'no connection': not the whole text of its last answer.")
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

    /** Whether the command line itself says yes to an order for many, so that nobody is asked. */
    abstract boolean isManyConfirmedAlready();

    /** Adds what an order about one transaction needs beside actor and reason. */
    void complete(ObjectNode order, String confirmedGid) {
    }

    /** Why so many cannot be ordered at once; empty if they can. */
    String tooMany(int count) {
        return "";
    }

    /** How many of so many are shown before anybody confirms. */
    int shown(int count) {
        return Math.min(count, MANY_SHOWN);
    }

    /** Carries it out for many; {@code told} takes lines about single ones. */
    Batch.Done carryOut(ServerClient client, Batch batch, Batch.Found found, Consumer<String> told)
            throws ClientException, InterruptedException {
        return batch.carryOut(found);
    }

    /** What was done, in a sentence without its full stop. */
    String sum(Batch.Done done) {
        return action() + " ordered as " + Words.clean(actor) + " for " + done.applied() + " of them";
    }

    String actor() {
        return actor;
    }

    boolean isAboutOne() {
        return gid != null;
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
                out.println(Words.json(
                        Answers.object().put("dryRun", true).put("gid", found).put("effect", effect(transaction))));
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
        order(client, found, order);
        JsonNode done = end(client, found);
        if (json) {
            out.println(Words.json(done));
        } else {
            tell(done, found, out);
        }
        return OK;
    }

    private void order(ServerClient client, String found, ObjectNode order)
            throws ClientException, InterruptedException {
        try {
            client.post(Cases.path(found) + "/operator/" + action(), order);
        } catch (ClientException e) {
            if (!e.mayHaveBeenDone()) {
                throw e;
            }
            throw new ClientException(e.getMessage() + ". It may have been done: look with tx show "
                    + Words.quoted(Words.clean(found)) + server.again() + ", or give it again", e);
        }
    }

    private JsonNode end(ServerClient client, String found) throws ClientException, InterruptedException {
        try {
            after(client, Cases.path(found));
            return client.get(Cases.path(found));
        } catch (ClientException e) {
            throw new ClientException(action() + " of " + Words.clean(found) + ": ordered as " + Words.clean(actor)
                    + "; its end could not be read: " + e.getMessage(), e);
        }
    }

    private void tell(JsonNode done, String found, PrintWriter out) {
        out.println(action() + " of " + Words.clean(found) + ": ordered as " + Words.clean(actor) + ".");
        out.println("State: " + Words.text(done, "stateText") + ".");
        if (!done.path("finished").asBoolean()) {
            out.println(Words.text(done, "whyStuck"));
            out.println(Words.text(done, "ifNothingIsDone"));
        }
    }

    /** Who orders it and why. */
    ObjectNode signed() {
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
        Batch batch = new Batch(client, action(), order);
        Batch.Found found = batch.look();
        int count = found.gids().size();
        Matches matches = Matches.read(client, found.gids(), shown(count));
        list(matches, out, err);
        String tooMany = tooMany(count);
        if (dryRun || count == 0) {
            end(found, matches, NOTHING_DONE, "Nothing was done." + (tooMany.isEmpty() ? "" : " " + tooMany), out);
            return OK;
        }
        if (!tooMany.isEmpty()) {
            err.println("holdfast: nothing was done: " + tooMany);
        }
        if (!tooMany.isEmpty() || !confirmed(count, err)) {
            end(found, matches, NOTHING_DONE, "Nothing was done.", out);
            return NOT_CONFIRMED;
        }
        Batch.Done done = carryOut(client, batch, found, line -> told(line, out));
        end(found, matches, done, sum(done) + ".", out);
        done.problems().forEach(
                one -> err.println("holdfast: " + Words.text(one, "gid") + ": " + Words.text(one, "message")));
        return done.problems().isEmpty() ? OK : FAILED;
    }

    /** Before anything is asked or done. */
    private void list(Matches matches, PrintWriter out, PrintWriter err) {
        boolean asks = !dryRun && prompt.isThere() && !isManyConfirmedAlready();
        if (!json || asks) {
            PrintWriter to = json ? err : out;
            matches.lines().forEach(to::println);
            to.flush();
        }
    }

    private void told(String line, PrintWriter out) {
        if (!json) {
            out.println(line);
            out.flush();
        }
    }

    private void end(Batch.Found found, Matches matches, Batch.Done done, String end, PrintWriter out) {
        out.println(json ? Words.json(Batch.json(found, matches, done, dryRun)) : end);
    }
}
