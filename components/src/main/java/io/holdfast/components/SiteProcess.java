package io.holdfast.components;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process at a site, as those who start servers need it. Thread-safe. */
final class SiteProcess {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int TAIL_LINES = 30;

    /** Asks a server whether it answers. */
    @FunctionalInterface
    interface Probe {
        /** Throws an {@link IOException} that says why if it does not. */
        void ask() throws IOException, InterruptedException;
    }

    private final String name;
    private final Process process;
    private final Path log;

    private SiteProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static SiteProcess start(Site site, String name, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        if (command.stream().anyMatch(word -> word.startsWith("/") && Programs.isUnpacked(Path.of(word)))) {
            Programs.useUnpackedLibraries(builder.environment());
        }
        return new SiteProcess(name, site.start(name, builder), site.log(name));
    }

    /** Waits for its end, and throws with the end of its output if it did not end well. */
    void awaitSuccess() throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new IOException(name + " ended with exit code " + process.exitValue() + logTail());
        }
    }

    /** Waits until the server answers, and throws with the end of its output if it ends or takes a minute. */
    void awaitAnswer(Probe probe) throws IOException, InterruptedException {
        long giveUpAtNanos = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                probe.ask();
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - giveUpAtNanos >= 0) {
                    throw new IOException(name + " does not answer: " + e.getMessage() + logTail(), e);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return ". Its last words:\n  "
                    + String.join("\n  ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return ", and its output cannot be read: " + e.getMessage();
        }
    }
}
