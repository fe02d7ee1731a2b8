package io.holdfast.examples.process;

import io.holdfast.components.MissingProgramException;
import io.holdfast.components.Python;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program in Python that comes in our own jar. */
public final class PythonProgram {
    private PythonProgram() {
    }

    /**
     * Starts it and makes it part of the run.
     *
     * @param files  of the program, beside {@code owner} on the class path; the first one is run
     * @param module that it needs and that does not come with Python
     * @throws MissingProgramException if there is no Python with that module on this machine
     */
    public static ChildProcess start(String name, Class<?> owner, List<String> files, String module,
            List<String> arguments, WorkDirectory directory)
            throws MissingProgramException, IOException, InterruptedException {
        Python python = Python.with(module);
        for (String file : files) {
            copy(owner, file, directory.resolve(file));
        }
        List<String> words = new ArrayList<>(List.of(directory.resolve(files.getFirst()).toString()));
        words.addAll(arguments);
        return ChildProcess.start(name, python.process(words.toArray(String[]::new)), directory);
    }

    private static void copy(Class<?> owner, String resource, Path to) throws IOException {
        try (InputStream text = owner.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IOException(resource + " is not in the jar of " + owner.getName());
            }
            Files.copy(text, to);
        }
    }
}
