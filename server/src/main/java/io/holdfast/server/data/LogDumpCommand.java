package io.holdfast.server.data;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.log.LogReader;
import io.holdfast.log.ReadOnlyDisk;
import io.holdfast.wire.log.v1.DumpedEntry;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.LogEntry;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast log dump}: the commands of the log on stdout, what there is to say about it on stderr. */
@Command(name = "dump", description = {"Prints the log, without changing a byte of it.",
        "While a server runs on it, the last entry is left out, because it may not be durable yet."}, mixinStandardHelpOptions = true)
final class LogDumpCommand implements Callable<Integer> {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int BUFFER_BYTES = 64 << 10;

    enum Format {
        TEXT, JSON, PROTO
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = DataDirectory.DEFAULT, description = "Data directory of the server (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(DataDirectory.DEFAULT);

    @Option(names = "--gid", paramLabel = "GID", description = "Only what is about this transaction.")
    private @Nullable String gid;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text, json or proto: a line for each command, an object in a line for each entry, or one message LogDump of dump.proto (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TEXT;

    private final OutputStream stdout;

    LogDumpCommand() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    LogDumpCommand(OutputStream stdout) {
        this.stdout = stdout;
    }

    @Override
    public Integer call() throws StorageException {
        PrintWriter err = Objects.requireNonNull(spec, "picocli sets the spec before it calls").commandLine().getErr();
        DataDirectory directory = new DataDirectory(data);
        directory.requireLog();
        try (OutputStream out = new BufferedOutputStream(stdout, BUFFER_BYTES)) {
            LogReader.End end;
            try {
                end = new LogReader(ReadOnlyDisk.open(directory.log()), 0, (sequence, payload) -> write(out, sequence,
                        payload)).read();
            } catch (StorageException e) {
                out.flush();
                err.println("holdfast log dump: " + e.getMessage());
                return FAILED;
            }
            out.flush();
            say(end, err);
            return OK;
        } catch (IOException | UncheckedIOException e) {
            return unwritable(e, err);
        }
    }

    /** Whoever reads may stop early, as {@code head} does. */
    private static int unwritable(Exception e, PrintWriter err) {
        String why = String.valueOf(e.getMessage());
        if (why.contains("Broken pipe")) {
            return OK;
        }
        err.println("holdfast log dump: the output cannot be written: " + why);
        return FAILED;
    }

    private static void say(LogReader.End end, PrintWriter err) {
        if (end.isInUse()) {
            err.println(
                    "holdfast log dump: a server runs on this log; the last entry was left out, because it may not be"
                            + " durable yet");
        } else if (end.torn() != null) {
            err.println("holdfast log dump: an incomplete entry begins in " + end.torn()
                    + ". It was never acknowledged; the"
                    + " next start of the server cuts it off");
        } else if (!end.isClosed()) {
            err.println("holdfast log dump: the last server did not stop cleanly, but no entry is incomplete");
        }
    }

    private void write(OutputStream out, long sequence, ByteBuffer payload) throws StorageException {
        LogEntry entry;
        try {
            entry = LogEntry.parseFrom(payload);
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException(Kind.DAMAGED, "log entry " + sequence + " cannot be read: " + e.getMessage(), e);
        }
        List<LogCommand> commands = entry.getCommandsList();
        if (gid != null) {
            commands = commands.stream().filter(command -> CommandText.isAbout(command, gid)).toList();
            if (commands.isEmpty()) {
                return;
            }
        }
        DumpedEntry dumped = DumpedEntry.newBuilder().setSequence(sequence).setNowMillis(entry.getNowMillis())
                .setWallMillis(entry.getWallMillis()).addAllCommands(commands).build();
        try {
            DumpFormat.of(format).write(dumped, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
