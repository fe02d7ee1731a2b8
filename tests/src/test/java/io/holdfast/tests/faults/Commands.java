package io.holdfast.tests.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the system. */
final class Commands {

    private static final long LIMIT_SECONDS = 30;

    private Commands() {
    }

    /** @param said both outputs, without white space around them */
    record Outcome(int exitCode, String said) {}

    /** Runs one to its end, however it ends. */
    static Outcome attempt(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end");
        }
        return new Outcome(process.exitValue(), said);
    }

    /** Runs one that has to succeed. Returns what it said. */
    static String run(String... command) throws IOException, InterruptedException {
        Outcome outcome = attempt(List.of(command));
        if (outcome.exitCode != 0) {
            throw new AssertionError(List.of(command) + " ended with " + outcome.exitCode + ": " + outcome.said);
        }
        return outcome.said;
    }
}
