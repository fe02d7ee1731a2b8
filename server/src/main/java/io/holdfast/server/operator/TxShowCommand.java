package io.holdfast.server.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.client.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast tx show}: one transaction on one screen. */
@Command(name = "show", description = {
        "Shows one transaction: its state, why it is stuck, what happens if nothing is done, each"
                + " branch, and what to type next.",
        "What it prints can be handed over as it is."}, mixinStandardHelpOptions = true)
final class TxShowCommand implements Callable<Integer> {

    private static final int OK = 0;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Parameters(arity = "0..1", paramLabel = "GID", description = "Its gid; a business key is found too.")
    private @Nullable String gid;

    @Option(names = "--business-key", paramLabel = "KEY", description = "The one with this business key, an order number for example.")
    private @Nullable String businessKey;

    @Option(names = "--text", paramLabel = "FILE", description = "Write it to a file, for a ticket. One that is there is not overwritten.")
    private @Nullable Path text;

    @Option(names = "--json", description = "For machines: all that the server knows.")
    private boolean json;

    @Override
    public Integer call() throws ClientException, InterruptedException {
        CommandLine commandLine = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
        String id = gid;
        String key = businessKey;
        if ((id == null) == (key == null)) {
            throw new ParameterException(commandLine,
                    "Which transaction? Give a GID or --business-key KEY, and one of them only");
        }
        PrintWriter out = commandLine.getOut();
        try (ServerClient client = server.open()) {
            JsonNode transaction = key == null
                    ? Cases.byGidOrKey(client, Objects.requireNonNull(id, "checked above"))
                    : Cases.byKey(client, key);
            List<String> lines = json
                    ? List.of(transaction.toPrettyString())
                    : new CaseText(transaction, client.now(), Cases.alike(client, transaction), server.again()).lines();
            Path file = text;
            if (file == null) {
                lines.forEach(out::println);
            } else {
                write(file, lines, "As of " + client.now().truncatedTo(ChronoUnit.SECONDS));
                out.println("written to " + file + ": " + Words.text(transaction, "stateText"));
            }
        }
        out.flush();
        return OK;
    }

    private void write(Path file, List<String> lines, String heading) throws ClientException {
        try {
            Files.writeString(file, (json ? "" : heading + "\n\n") + String.join("\n", lines) + "\n",
                    StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new ClientException(Files.exists(file)
                    ? file + " is there already: give another name"
                    : file + " cannot be written: " + e);
        }
    }
}
