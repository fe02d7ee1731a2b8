package io.holdfast.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A directory on the disk that is measured, and the processes that work there. Closing it, or Ctrl-C, ends all of them and deletes
 * the directory. Thread-safe.
 */
public final class Workplace implements AutoCloseable {

    private static final int DELETE_ATTEMPTS = 20;
    private static final long DELETE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path path;
    private final List<Process> processes = new ArrayList<>();
    private final Thread onInterrupt = new Thread(this::clear, "bench-clear-up");
    private boolean closed;
    private int directories;

    private Workplace(Path path) {
        this.path = path;
    }

    /** Makes the directory inside {@code parent}. */
    public static Workplace create(Path parent) throws IOException {
        Workplace workplace = new Workplace(Files.createTempDirectory(parent, "holdfast-bench-"));
        Runtime.getRuntime().addShutdownHook(workplace.onInterrupt);
        return workplace;
    }

    public Path path() {
        return path;
    }

    /** A new, empty directory. */
    public synchronized Path newDirectory(String name) throws IOException {
        return Files.createDirectory(path.resolve(name + "-" + ++directories));
    }

    /** A file that does not exist yet. */
    synchronized Path newFile(String name) {
        return path.resolve(name + "-" + ++directories + ".log");
    }

    /** Deletes a directory that is not needed any more, so that the disk need not hold all of them. */
    public void discard(Path directory) {
        delete(directory);
    }

    synchronized void adopt(Process process) throws IOException {
        if (closed) {
            process.destroyForcibly();
            throw new IOException("the run has ended");
        }
        processes.add(process);
    }

    synchronized void forget(Process process) {
        processes.remove(process);
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // The shutdown has just begun: the hook runs, and finds nothing to delete.
        }
    }

    private void clear() {
        synchronized (this) {
            closed = true;
            processes.forEach(Process::destroyForcibly);
            processes.clear();
        }
        delete(path);
    }

    /** Processes that are dying, and after Ctrl-C the benchmark itself, may still write: what they make goes in the next attempt. */
    private static void delete(Path directory) {
        for (int attempt = 0; attempt < DELETE_ATTEMPTS && Files.exists(directory); attempt++) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                LockSupport.parkNanos(DELETE_PAUSE_NANOS);
            }
        }
        if (Files.exists(directory)) {
            System.err.println("holdfast: " + directory + " could not be deleted");
        }
    }
}
