package io.holdfast.testkit.component;

import io.holdfast.components.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A directory of a test's own. It and its processes go when it is closed or this virtual machine ends. Thread-safe. */
final class OwnSite implements Site, AutoCloseable {
    private final Path directory;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private final Thread endWithJvm = new Thread(this::end, "end-component");

    private OwnSite(Path directory) {
        this.directory = directory;
    }

    static OwnSite create(String name) throws IOException {
        OwnSite site = new OwnSite(Files.createTempDirectory("holdfast-" + name));
        Runtime.getRuntime().addShutdownHook(site.endWithJvm);
        return site;
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Process start(String name, ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile())).start();
        processes.add(process);
        return process;
    }

    /** Ends its processes with SIGKILL and deletes the directory. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
        end();
    }

    private void end() {
        try {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("cannot remove " + directory + ": " + e);
        }
    }
}
