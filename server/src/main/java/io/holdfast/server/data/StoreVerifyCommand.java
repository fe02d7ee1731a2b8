package io.holdfast.server.data;

import io.holdfast.engine.StorageException;
import io.holdfast.server.cluster.Foundation;
import io.holdfast.server.cluster.FoundationFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast store verify}. Exit codes: 0 all is well, 1 something is damaged, 3 a server works there. */
@Command(name = "verify", description = {
        "Reads everything that log and store hold, checks every checksum and whether it all fits together, without changing a"
                + " byte of it.",
        "No server may run on the directory, and none can start meanwhile."}, mixinStandardHelpOptions = true, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:all is well", "1:something is damaged, or cannot be read", "2:wrong usage",
                "3:a server runs on the directory"})
final class StoreVerifyCommand implements Callable<Integer> {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int IN_USE = 3;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = DataDirectory.DEFAULT, description = "Data directory of the server (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.DEFAULT);

    @Override
    public Integer call() throws StorageException {
        var commandLine = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
        PrintWriter out = commandLine.getOut();
        DataDirectory directory = new DataDirectory(data);
        Foundation foundation = new FoundationFile(data).unused();
        if (foundation == null) {
            directory.requireLogAndStore();
        } else {
            directory.requireStore();
        }
        VerifyReport report = new VerifyReport(out);
        try {
            Verification verification = new Verification(directory, report);
            if (foundation == null) {
                verification.run();
            } else {
                verification.runWithoutLog(foundation);
            }
        } catch (StorageException e) {
            commandLine.getErr().println("holdfast store verify: " + e.getMessage());
            return e.kind() == StorageException.Kind.LOCKED ? IN_USE : FAILED;
        } finally {
            out.flush();
        }
        return report.end() ? OK : FAILED;
    }
}
