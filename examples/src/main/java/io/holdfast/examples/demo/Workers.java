package io.holdfast.examples.demo;

import io.holdfast.examples.process.ChildProcess;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Workers of the coordinator as processes that can be killed, one after the other. One thread kills. */
final class Workers {
    private static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final WorkDirectory directory;
    private final List<JavaProcess> programs;
    private final List<ChildProcess> processes;
    private int kills;

    private Workers(WorkDirectory directory, List<JavaProcess> programs, List<ChildProcess> processes) {
        this.directory = directory;
        this.programs = programs;
        this.processes = processes;
    }

    /** @param mainClass understands {@code worker --server HOST:PORT,…} */
    static Workers start(WorkDirectory directory, String mainClass, int count, List<URI> nodes) throws IOException {
        String servers = nodes.stream().map(URI::getAuthority).collect(Collectors.joining(","));
        List<JavaProcess> programs = new ArrayList<>();
        List<ChildProcess> processes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            JavaProcess program = new JavaProcess("worker-" + i, JVM_FLAGS, mainClass,
                    List.of("worker", "--name", "worker-" + i, "--server", servers));
            programs.add(program);
            processes.add(program.start(directory));
        }
        return new Workers(directory, programs, processes);
    }

    /** Throws with its last words if one has ended by itself. */
    void requireAlive() throws IOException {
        for (ChildProcess process : processes) {
            process.requireAlive();
        }
    }

    /** Ends the one whose turn it is with SIGKILL, and starts it anew at once. */
    void killNextAndRestart() throws IOException, InterruptedException {
        int number = kills++ % processes.size();
        processes.get(number).requireAlive();
        processes.get(number).kill();
        processes.set(number, programs.get(number).start(directory));
    }
}
