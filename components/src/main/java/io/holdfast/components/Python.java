package io.holdfast.components;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Python with modules of others. Not the first one on the PATH: which modules there are goes with the interpreter, and those that
 * {@code scripts/components.sh} gets are for that of the system. Immutable.
 */
public final class Python {
    private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");
    private static final long PROBE_SECONDS = 60;

    private final String interpreter;

    private Python(String interpreter) {
        this.interpreter = interpreter;
    }

    /** Finds one that can import the modules. */
    public static Python with(String... modules) throws MissingProgramException, InterruptedException {
        for (String interpreter : INTERPRETERS) {
            Python candidate = new Python(interpreter);
            if (candidate.canImport(modules)) {
                return candidate;
            }
        }
        throw new MissingProgramException("a Python 3 with " + String.join(", ", modules));
    }

    /** A process of it, which can import the modules and what lies in {@code PYTHONPATH} of its environment. */
    public ProcessBuilder process(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(interpreter);
        builder.command().addAll(List.of(arguments));
        addPath(builder.environment(), Programs.unpacked().resolve("usr/lib/python3/dist-packages"));
        Programs.useUnpackedLibraries(builder.environment());
        return builder;
    }

    /** What a program in it prints; null if it fails. */
    public @Nullable String print(String code) throws IOException, InterruptedException {
        Process process = process("-c", code).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? printed.strip() : null;
    }

    /** Puts a directory on the path of modules. */
    public static void addPath(Map<String, String> environment, Path directory) {
        if (Files.isDirectory(directory)) {
            environment.merge("PYTHONPATH", directory.toString(), (before, more) -> more + ":" + before);
        }
    }

    private boolean canImport(String... modules) throws InterruptedException {
        try {
            Process process = process("-c", "import " + String.join(", ", modules)).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // not there
        }
    }
}
