package io.holdfast.server.backup;

import io.holdfast.engine.StorageException;
import io.holdfast.server.data.DataDirectory;
import io.holdfast.server.data.VerifyReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast store restore}. */
@Command(name = "restore", description = {"Makes a data directory of a backup, after every checksum has been compared.",
        "What was begun, decided or finished after the backup was taken is not known to a server on it."}, mixinStandardHelpOptions = true)
public final class RestoreCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--from", paramLabel = "DIR", required = true, description = "The backup.")
    private Path from = Path.of(".");

    @Option(names = "--data", paramLabel = "DIR", defaultValue = DataDirectory.DEFAULT, description = "The data directory to make; it must be empty or not exist (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.DEFAULT);

    @Option(names = "--group", description = "Makes it for a node of a group. Every node of the group has to be given the same backup; the group begins with it when all have started.")
    private boolean group;

    @Override
    public Integer call() throws BackupException, IOException, StorageException {
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine().getOut();
        new Restore(from.toAbsolutePath().normalize(), new DataDirectory(data.toAbsolutePath().normalize()),
                group ? RestorePurpose.GROUP : RestorePurpose.SINGLE_SERVER,
                new VerifyReport(out), line -> {
                    out.println(line);
                    out.flush();
                }).run();
        return 0;
    }
}
