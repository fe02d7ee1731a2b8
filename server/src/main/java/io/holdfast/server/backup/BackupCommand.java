package io.holdfast.server.backup;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.engine.StorageException;
import io.holdfast.server.client.ClientException;
import io.holdfast.server.client.ServerClient;
import io.holdfast.server.client.ServerOptions;
import io.holdfast.server.client.TerminalText;
import io.holdfast.server.data.DataDirectory;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast store backup}: asks a running server for a backup and waits for it, or takes one of a server that was stopped. */
@Command(name = "backup", description = {
        "Takes a backup of a running server, which goes on meanwhile, into the directory that the server was started with"
                + " (--backups).",
        "Ends when the backup is complete. If this command is ended before, the server completes it all the same.",
        "With --data and --to: of a server that was stopped with SIGTERM and has ended."}, mixinStandardHelpOptions = true)
public final class BackupCommand implements Callable<Integer> {

    private static final int OK = 0;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final DateTimeFormatter NOW = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--name", paramLabel = "NAME", description = "Of the backup, in the server's directory for backups (default: backup- and the time).")
    private @Nullable String name;

    @ArgGroup(exclusive = false)
    private @Nullable Stopped stopped;

    /** Where a server was stopped, and where its backup goes. */
    private static final class Stopped {

        @Option(names = "--data", paramLabel = "DIR", required = true, description = "Data directory of a server that was stopped, instead of a server that runs.")
        private Path data = Path.of(DataDirectory.DEFAULT);

        @Option(names = "--to", paramLabel = "DIR", required = true, description = "The backup to make; it must not exist.")
        private Path to = Path.of("backup");
    }

    @Override
    public Integer call() throws BackupException, ClientException, InterruptedException, StorageException {
        if (stopped != null) {
            return ofStopped(stopped);
        }
        String wanted = name == null ? "backup-" + NOW.format(Instant.now()) : name;
        PrintWriter out = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine().getOut();
        try (ServerClient client = server.open()) {
            JsonNode state = ask(client, wanted, true);
            long toldAt = System.nanoTime();
            while (state.path("state").asText().equals("running")) {
                if (System.nanoTime() - toldAt > TELL_NANOS) {
                    toldAt = System.nanoTime();
                    out.println("... " + state.path("copiedBytes").asLong() + " of " + state.path("bytes").asLong()
                            + " bytes");
                    out.flush();
                }
                LockSupport.parkNanos(POLL_NANOS);
                state = ask(client, wanted, false);
            }
            return end(state, out);
        }
    }

    private int ofStopped(Stopped where) throws BackupException, StorageException {
        CommandLine command = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine();
        if (name != null) {
            throw new ParameterException(command, "--name is for a server that runs, --to for one that was stopped");
        }
        Path to = where.to.toAbsolutePath().normalize();
        if (Files.exists(to)) {
            throw new BackupException(to + " exists: name a directory that does not");
        }
        try (StoppedServer server = StoppedServer
                .open(new DataDirectory(where.data.toAbsolutePath().normalize()))) {
            Backup backup = new Backup(server, to, 0);
            backup.run();
            if (backup.phase() != Backup.Phase.DONE) {
                throw new BackupException("the backup failed: " + backup.failure());
            }
            command.getOut().println("backup of everything up to entry " + backup.cut() + " in " + to + ", "
                    + backup.bytes() + " bytes");
            command.getOut().flush();
            return OK;
        }
    }

    private int end(JsonNode state, PrintWriter out) throws BackupException {
        if (!state.path("state").asText().equals("done")) {
            throw new BackupException("the backup failed: " + TerminalText.oneLine(state.path("message").asText()));
        }
        out.println("backup of everything up to entry " + state.path("cut").asLong() + " in "
                + TerminalText.oneLine(state.path("directory").asText()) + ", " + state.path("bytes").asLong()
                + " bytes");
        out.flush();
        return OK;
    }

    private static JsonNode ask(ServerClient client, String wanted, boolean begin)
            throws BackupException, ClientException, InterruptedException {
        String path = "/api/v1/backups/" + ServerClient.encoded(wanted);
        if (begin) {
            return client.post(path, null);
        }
        try {
            return client.get(path);
        } catch (ClientException e) {
            if (!e.isNoAnswer()) {
                throw e;
            }
            throw new BackupException(
                    e.getMessage() + ". Whether the backup is complete nobody knows: it is if it has a file "
                            + BackupManifest.NAME,
                    e);
        }
    }
}
