package io.holdfast.examples.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Java process with the java executable and the class path of this one. Its output goes to a file. Thread-safe. */
public final class JavaProcess {
    /**
     * What to start.
     *
     * @param name      for messages and the log file
     * @param jvmFlags  flags of the virtual machine
     * @param mainClass the class with the main method
     * @param arguments its arguments
     */
    public record Start(String name, List<String> jvmFlags, String mainClass, List<String> arguments) {}

    /** What the launcher gave to this process so that it starts quickly; it serves every process on the same class path. */
    private static final List<String> STARTUP_OPTIONS = ManagementFactory.getRuntimeMXBean().getInputArguments()
            .stream()
            .filter(option -> option.startsWith("-XX:AOTCache=") || option.startsWith("-Xlog:aot")
                    || option.equals("-XX:+UseCompactObjectHeaders"))
            .toList();
    private static final String LISTENING = "listening ";
    private static final int TAIL_LINES = 30;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String name;
    private final Process process;
    private final Path log;

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts the process and makes it part of the run. Output of an earlier process of the same name is kept. */
    public static JavaProcess start(Start start, WorkDirectory directory) throws IOException {
        Path log = directory.resolve(start.name + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(STARTUP_OPTIONS);
        command.addAll(start.jvmFlags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(start.mainClass);
        command.addAll(start.arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        try {
            directory.adopt(process.toHandle());
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        return new JavaProcess(start.name, process, log);
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
        return Files.readAllLines(log, StandardCharsets.UTF_8).stream().filter(line -> line.startsWith(LISTENING))
                .mapToInt(line -> Integer.parseInt(line.substring(LISTENING.length()).trim())).findFirst();
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
