package io.holdfast.tests.process;

import io.holdfast.cli.Holdfast;
import io.holdfast.components.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A shell in an empty directory, for the commands of a document as they stand there: {@code ./holdfast} runs what this build has
 * packaged, and its server gets a free port. Nothing outlives this JVM.
 */
final class DocumentShell implements AutoCloseable {

    final int port = FreePort.choose();
    private final Path place;
    private final List<Process> started = new ArrayList<>();
    private final Thread endWithJvm = new Thread(this::endAll);

    DocumentShell(Path place) throws IOException {
        this.place = place;
        Runtime.getRuntime().addShutdownHook(endWithJvm);
        script("holdfast", "case \"$1 $2\" in\nserver*) set -- \"$@\" --port " + port
                + " ;;\n'store backup' | 'tx '[a-z]*) "
                + "set -- \"$@\" --server http://127.0.0.1:" + port + " ;;\nesac\nexec "
                + Path.of(System.getProperty("java.home"), "bin", "java")
                + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:TieredStopAtLevel=1 -cp '"
                + ServerProcess.classPath() + "' " + Holdfast.class.getName() + " \"$@\"");
    }

    /**
     * The blocks of shell commands in a document, by the name in the comment before them or, without one, by their text. Blocks
     * in a list are indented.
     *
     * @param marker what the comments begin with
     */
    static Map<String, String> blocks(Path document, String marker) throws IOException {
        return blocks(document, marker, "sh");
    }

    /** As {@link #blocks(Path, String)}, of another language. */
    static Map<String, String> blocks(Path document, String marker, String language) throws IOException {
        Map<String, String> blocks = new LinkedHashMap<>();
        Pattern.compile("(?:<!-- " + marker + ": (\\S+) -->\n *)?```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(document)).results()
                .forEach(block -> blocks.put(block.group(1) == null ? block.group(2) : block.group(1), block.group(2)));
        return blocks;
    }

    /** Runs shell commands; what they print goes to a file of that name, anew each time. */
    Process run(String name, String commands, String... environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", commands).directory(place.toFile())
                .redirectErrorStream(true).redirectOutput(place.resolve(name + ".out").toFile());
        builder.environment().put("PATH", place.resolve("tools") + ":" + builder.environment().get("PATH"));
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        Process process = builder.start();
        started.add(process);
        return process;
    }

    String said(String name) throws IOException {
        return Files.readString(place.resolve(name + ".out"));
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Whether the server that was run under this name takes requests; fails if it has ended. */
    boolean listens(Process server, String name) throws IOException {
        if (!server.isAlive()) {
            throw new AssertionError("the server ended; it said: " + said(name));
        }
        return said(name).contains(" listening on " + url() + " ");
    }

    void script(String name, String body) throws IOException {
        Path file = place.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** SIGKILL, to the shell and to what it runs. */
    static void end(Process process) {
        end(process, ProcessHandle::destroyForcibly);
    }

    /** SIGTERM, to the shell and to what it runs; waits until all have ended. */
    static void stop(Process process) {
        end(process, ProcessHandle::destroy);
    }

    private static void end(Process process, Consumer<ProcessHandle> signal) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(signal);
        all.forEach(handle -> handle.onExit().join());
    }

    private void endAll() {
        started.forEach(DocumentShell::end);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        endAll();
    }
}
