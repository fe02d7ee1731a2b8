package io.holdfast.tests.process;

import io.holdfast.cli.Holdfast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code holdfast demo} in a JVM of its own, with the class path and the flags of the launcher, in a directory of its own. */
final class DemoProcess {
    /** As the launcher's; the services get them from the demo. */
    private static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:+ExitOnOutOfMemoryError", "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders", "-XX:-UsePerfData", "-Xmx512m");

    private final Path directory;
    private final Process process;

    private DemoProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /** Starts a run whose files are all below the directory, which must exist. */
    static DemoProcess start(Path directory, String... options) throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(StartupCache.options(ServerProcess.classPath(), JVM_FLAGS));
        command.addAll(List.of("-Djava.io.tmpdir=" + temporary, "-cp", ServerProcess.classPath(),
                Holdfast.class.getName(), "demo", "--report=" + directory.resolve("report.json")));
        command.addAll(List.of(options));
        return new DemoProcess(directory, new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile()).start());
    }

    Process process() {
        return process;
    }

    /** The directory for temporary files. */
    Path temporary() {
        return directory.resolve("tmp");
    }

    Path report() {
        return directory.resolve("report.json");
    }

    /** What it has printed so far. */
    String said() throws IOException {
        return Files.readString(directory.resolve("output"));
    }
}
