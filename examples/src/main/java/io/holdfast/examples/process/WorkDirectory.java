package io.holdfast.examples.process;

import io.holdfast.components.PostgresServer;
import io.holdfast.components.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one run. It knows the processes of the run, so that whoever finds it later can end them: the run
 * itself, a service that outlives a killed run, or the next run. Thread-safe.
 */
public final class WorkDirectory implements Site, AutoCloseable {
    private static final String PREFIX = "holdfast-demo-";
    private static final String OWNER_FILE = "owner";
    private static final String PROCESSES_FILE = "processes";
    private static final int DELETE_ATTEMPTS = 20;
    private static final int DELETE_PAUSE_MILLIS = 100;
    private static final int END_SECONDS = 5;

    private final Path path;
    private boolean isClosed;

    private WorkDirectory(Path path) {
        this.path = path;
    }

    /** Makes the directory of a new run in the system's directory for temporary files. */
    public static WorkDirectory create() throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static WorkDirectory create(Path parent) throws IOException {
        Path path = Files.createTempDirectory(parent, PREFIX);
        Files.writeString(path.resolve(OWNER_FILE), ProcessMark.of(ProcessHandle.current()).toString());
        return new WorkDirectory(path);
    }

    /** Ends and deletes what runs that were killed have left behind; runs that are still going are left alone. */
    public static void sweepOrphans() {
        sweepOrphans(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static void sweepOrphans(Path parent) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PREFIX + "*")) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return; // an unreadable temporary directory has nothing of ours
        }
        for (Path path : found) {
            // Without an owner file it is being created at this moment, or belongs to another user.
            if (readMarks(path.resolve(OWNER_FILE)).stream().anyMatch(owner -> owner.alive().isEmpty())) {
                discard(path);
            }
        }
    }

    /**
     * Ends the processes that belong to the directory, except the caller's, and deletes it. Does what it can and never
     * throws.
     */
    static void discard(Path path) {
        ProcessHandle self = ProcessHandle.current();
        readMarks(path.resolve(PROCESSES_FILE)).stream().map(ProcessMark::alive).flatMap(Optional::stream)
                .filter(process -> !process.equals(self)).forEach(ProcessHandle::destroyForcibly);
        databaseServer(path).ifPresent(WorkDirectory::end);
        for (int attempt = 0; attempt < DELETE_ATTEMPTS && !delete(path); attempt++) {
            pause();
        }
    }

    /** A path inside this directory. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    @Override
    public Path directory() {
        return path;
    }

    /** Starts a process and makes it part of the run. Output of an earlier process of the same name is kept. */
    @Override
    public Process start(String name, ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        try {
            adopt(process.toHandle());
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        return process;
    }

    /** Copies what tells of the run, the journal and the output of its processes, and returns where to. */
    public Path saveEvidence(Path target) throws IOException {
        Files.createDirectories(target);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*.{log,jsonl}")) {
            for (Path file : files) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return target;
    }

    /** Notes a process that must not outlive the run. */
    synchronized void adopt(ProcessHandle process) throws IOException {
        if (isClosed) {
            throw new IOException("the run has ended");
        }
        Files.writeString(path.resolve(PROCESSES_FILE), ProcessMark.of(process) + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Ends all processes of the run and deletes the directory. The second time it does nothing new. */
    @Override
    public synchronized void close() {
        isClosed = true;
        discard(path);
    }

    private static List<ProcessMark> readMarks(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8).stream().map(ProcessMark::parse)
                    .flatMap(Optional::stream).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** PostgreSQL detaches from its starter, so it is found by the pid file in its data directory. */
    private static Optional<ProcessHandle> databaseServer(Path path) {
        @Nullable
        String firstLine;
        try (Stream<String> lines = Files.lines(path.resolve(PostgresServer.DATA).resolve("postmaster.pid"))) {
            firstLine = lines.findFirst().orElse(null);
        } catch (IOException e) {
            return Optional.empty();
        }
        try {
            return firstLine == null
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(firstLine.trim())).filter(WorkDirectory::isPostgres);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isPostgres(ProcessHandle handle) {
        return handle.info().command().map(command -> command.contains("postgres")).orElse(false);
    }

    /** PostgreSQL ends in order once its clients are gone; killed, it would leave shared memory behind. */
    private static void end(ProcessHandle process) {
        process.destroy();
        if (!awaitEnd(process)) {
            process.destroyForcibly();
            awaitEnd(process);
        }
    }

    private static boolean awaitEnd(ProcessHandle process) {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        // Not onExit(): where nobody collects orphans, a process that has ended still counts as alive, but has no command.
        while (isPostgres(process) && System.nanoTime() - giveUpAtNanos < 0) {
            pause();
        }
        return !isPostgres(process);
    }

    /** Answers whether the directory is gone. */
    private static boolean delete(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (IOException | UncheckedIOException e) {
            return Files.notExists(path); // dying processes may still write: the caller tries again
        }
    }

    private static void pause() {
        try {
            Thread.sleep(DELETE_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
