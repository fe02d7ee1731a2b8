package io.holdfast.testkit.component;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Python with modules of others. Not the first one on the PATH: which modules there are goes with the interpreter, and those that
 * {@code scripts/components.sh} gets are for that of the system.
 */
public final class Python {

    private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");

    private final String interpreter;

    private Python(String interpreter) {
        this.interpreter = interpreter;
    }

    /** Finds one; skips or fails the running test as {@link Components#require} does if there is none. */
    public static Python with(String... modules) throws IOException, InterruptedException {
        for (String interpreter : INTERPRETERS) {
            Python candidate = new Python(interpreter);
            if (candidate.canImport(modules)) {
                return candidate;
            }
        }
        throw Components.missing("a Python 3 with the modules " + String.join(", ", modules)
                + " is not on this machine: run scripts/components.sh");
    }

    private boolean canImport(String... modules) throws InterruptedException {
        try {
            Process process = process("-c", "import " + String.join(", ", modules)).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What an expression is, printed; null if it cannot be had. */
    public @Nullable String print(String code) throws IOException, InterruptedException {
        Process process = process("-c", code).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? printed.strip() : null;
    }

    /** A process of it, which can import the modules and what lies in {@code PYTHONPATH} of its environment. */
    public ProcessBuilder process(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(interpreter);
        builder.command().addAll(List.of(arguments));
        addPath(builder.environment(), Components.unpacked().resolve("usr/lib/python3/dist-packages"));
        Components.useUnpackedLibraries(builder.environment());
        return builder;
    }

    /** Puts a directory on the path of modules. */
    public static void addPath(Map<String, String> environment, Path directory) {
        if (Files.isDirectory(directory)) {
            environment.merge("PYTHONPATH", directory.toString(), (before, more) -> more + ":" + before);
        }
    }
}
