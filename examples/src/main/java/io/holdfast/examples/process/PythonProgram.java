package io.holdfast.examples.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program in Python that comes in our own jar. */
public final class PythonProgram {
    /** The modules that {@code scripts/components.sh} gets are for the Python of the system, whichever comes first on the PATH. */
    private static final List<String> INTERPRETERS = List.of("/usr/bin/python3", "python3");

    private PythonProgram() {
    }

    /**
     * Starts it and makes it part of the run.
     *
     * @param resource  beside {@code owner} on the class path
     * @param module    that it needs and that does not come with Python
     * @throws MissingMeansException if there is no Python with that module on this machine
     */
    public static ChildProcess start(String name, Class<?> owner, String resource, String module,
            List<String> arguments, WorkDirectory directory)
            throws MissingMeansException, IOException, InterruptedException {
        String interpreter = interpreterWith(module);
        Path script = directory.resolve(resource);
        try (InputStream text = owner.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IOException(resource + " is not in the jar of " + owner.getName());
            }
            Files.copy(text, script);
        }
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments);
        return ChildProcess.start(name, command(interpreter, command), directory);
    }

    private static String interpreterWith(String module) throws MissingMeansException, InterruptedException {
        for (String interpreter : INTERPRETERS) {
            try {
                Process probe = command(interpreter, List.of("-c", "import " + module)).redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                if (probe.waitFor() == 0) {
                    return interpreter;
                }
            } catch (IOException e) {
                // not there: the next one
            }
        }
        throw Programs.missing("a Python 3 with the module " + module);
    }

    private static ProcessBuilder command(String interpreter, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(interpreter));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        Path modules = Programs.unpacked().resolve("usr/lib/python3/dist-packages");
        if (Files.isDirectory(modules)) {
            environment.merge("PYTHONPATH", modules.toString(), (before, more) -> more + ":" + before);
            Programs.useUnpackedLibraries(environment);
        }
        return builder;
    }
}
