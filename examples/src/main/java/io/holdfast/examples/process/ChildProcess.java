package io.holdfast.examples.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A process of the run. Its output goes to a file. Thread-safe. */
public final class ChildProcess {
    private static final String LISTENING = "listening ";
    private static final int TAIL_LINES = 30;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String name;
    private final Process process;
    private final Path log;
    private final long logBegin;

    private ChildProcess(String name, Process process, Path log, long logBegin) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.logBegin = logBegin;
    }

    /**
     * Starts the process and makes it part of the run. Output of an earlier process of the same name is kept.
     *
     * @param name    for messages and the log file
     * @param builder its command and environment
     */
    public static ChildProcess start(String name, ProcessBuilder builder, WorkDirectory directory) throws IOException {
        Path log = directory.log(name);
        long logBegin = Files.exists(log) ? Files.size(log) : 0;
        return new ChildProcess(name, directory.start(name, builder), log, logBegin);
    }

    /** Waits until the process has printed {@code listening PORT} and returns the port. */
    public int awaitListening(Duration atMost) throws IOException {
        long giveUpAt = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < giveUpAt) {
            OptionalInt port = readPort();
            if (port.isPresent()) {
                return port.getAsInt();
            }
            requireAlive();
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new IOException(name + " did not start in " + atMost.toSeconds() + " s" + logTail());
    }

    /** Throws with the end of its output if the process has ended. */
    public void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " ended by itself with exit code " + process.exitValue() + logTail());
        }
    }

    /** Ends the process with SIGKILL and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private OptionalInt readPort() throws IOException {
        return ownOutput().filter(line -> line.startsWith(LISTENING))
                .mapToInt(line -> Integer.parseInt(line.substring(LISTENING.length()).trim())).findFirst();
    }

    /** What this process has printed, without an earlier one of the same name; the last line only when it is whole. */
    private Stream<String> ownOutput() throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(logBegin, all.length);
        String own = new String(all, from, all.length - from, StandardCharsets.UTF_8);
        return own.substring(0, own.lastIndexOf('\n') + 1).lines();
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
