package io.holdfast.testkit.component;

import io.holdfast.components.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The compiler of {@code .proto} files and a Python with protobuf, as they have them who read our formats in Python. */
public final class PythonProtobuf {

    private static final String COMPILER = "protoc";
    private static final String HOW_TO_GET = "run scripts/components.sh, which installs or unpacks protobuf-compiler and"
            + " python3-protobuf";
    private static final long LIMIT_SECONDS = 60;

    private final Path compiler;
    private final Path python;

    private PythonProtobuf(Path compiler, Path python) {
        this.compiler = compiler;
        this.python = python;
    }

    /** Skips the running test where one of them is not on this machine, or fails it where nothing may be missing. */
    public static PythonProtobuf require() throws IOException, InterruptedException {
        Components.require(HOW_TO_GET, COMPILER, "python3");
        Path python = pythonWithProtobuf();
        Path compiler = Programs.find(COMPILER).orElse(null);
        if (compiler == null || python == null) {
            throw Components.missing("Python 3 with protobuf is not on this machine: " + HOW_TO_GET);
        }
        return new PythonProtobuf(compiler, python);
    }

    /** The first on the path may be one that somebody has installed beside that of the system, without its packages. */
    private static @Nullable Path pythonWithProtobuf() throws IOException, InterruptedException {
        for (Path python : Stream.of(Programs.find("python3").orElse(null), Path.of("/usr/bin/python3")).toList()) {
            if (python != null && python.toFile().canExecute()
                    && run(Path.of("."), List.of(python.toString(), "-c", "import google.protobuf")).exitCode == 0) {
                return python;
            }
        }
        return null;
    }

    /** Makes Python modules of {@code .proto} files, which are named relative to their root. */
    public void compile(Path root, Path to, String... files) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(compiler.toString(), "--proto_path=" + root.toAbsolutePath(),
                "--python_out=" + to.toAbsolutePath()));
        command.addAll(List.of(files));
        run(to, command).orFail();
    }

    /** Runs Python in a directory; returns what it printed. */
    public String python(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python.toString()));
        command.addAll(List.of(arguments));
        return run(directory, command).orFail();
    }

    private record Outcome(List<String> command, int exitCode, String said) {
        String orFail() {
            if (exitCode != 0) {
                throw new AssertionError(command + " ended with " + exitCode + ":\n" + said);
            }
            return said;
        }
    }

    private static Outcome run(Path directory, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        Path usr = Programs.unpacked().resolve("usr");
        environment.merge("PYTHONPATH", usr.resolve("lib/python3/dist-packages").toString(),
                (before, ours) -> before + File.pathSeparator + ours);
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        Programs.useUnpackedLibraries(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end");
        }
        return new Outcome(command, process.exitValue(), said);
    }
}
