package io.holdfast.tests.process;

import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of {@code holdfast} that end by themselves, each in a JVM of its own, as the launcher would run them. */
final class Cli {

    private static final long LIMIT_SECONDS = 60;

    private final Path directory;
    private int runs;

    /** @param directory where the output of commands goes */
    Cli(Path directory) {
        this.directory = directory;
    }

    /** How a command ended. */
    record Outcome(int exitCode, String out, String err) {}

    Outcome run(String... arguments) throws IOException, InterruptedException {
        String name = "cli-" + runs++;
        Path out = directory.resolve(name + ".out");
        Path err = directory.resolve(name + ".err");
        Process process = start(out, err, arguments);
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(List.of(arguments) + " does not end; it said: " + Files.readString(out)
                        + Files.readString(err));
            }
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
                Files.readString(err));
    }

    /** Starts one, to be ended by the caller. */
    Process start(Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx256m",
                        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", ServerProcess.classPath(),
                        Holdfast.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile())).start();
    }
}
