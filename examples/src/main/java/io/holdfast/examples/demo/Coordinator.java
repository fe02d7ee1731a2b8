package io.holdfast.examples.demo;

import io.holdfast.components.FreePort;
import io.holdfast.examples.process.ChildProcess;
import io.holdfast.examples.process.JavaProcess;
import io.holdfast.examples.process.WorkDirectory;
import io.holdfast.examples.rest.CoordinatorNodes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The Holdfast server, or a group of them, as processes that can be killed and come back with the same data on the same ports. One
 * thread kills.
 */
final class Coordinator {
    private static final List<String> JVM_FLAGS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-Xmx512m");

    private final WorkDirectory directory;
    private final List<Node> nodes;
    private int kills;

    /** One server. */
    private static final class Node {
        final JavaProcess program;
        final URI url;
        volatile ChildProcess process;

        Node(JavaProcess program, URI url, ChildProcess process) {
            this.program = program;
            this.url = url;
            this.process = process;
        }
    }

    private Coordinator(WorkDirectory directory, List<Node> nodes) {
        this.directory = directory;
        this.nodes = nodes;
    }

    /**
     * @param mainClass   understands {@code server --data DIR --port P --config FILE}
     * @param size        how many nodes
     * @param withWorkers whether others make its calls
     */
    static Coordinator start(WorkDirectory directory, String mainClass, int size, boolean withWorkers)
            throws IOException {
        List<Integer> ports = freePorts(2 * size);
        String members = members(size, ports);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String name = size == 1 ? "coordinator" : "coordinator-" + (i + 1);
            Path config = Files.writeString(directory.resolve(name + ".yaml"),
                    (size == 1 ? "" : "cluster:\n  node: n" + (i + 1) + "\n  members:\n" + members)
                            + (withWorkers ? "workers:\n  required: true\n" : ""));
            JavaProcess program = new JavaProcess(name, JVM_FLAGS, mainClass,
                    List.of("server", "--data", directory.resolve(name + "-data").toString(), "--port",
                            ports.get(i).toString(), "--config", config.toString()));
            nodes.add(new Node(program, URI.create("http://127.0.0.1:" + ports.get(i)), program.start(directory)));
        }
        return new Coordinator(directory, nodes);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < count) {
            ports.add(FreePort.choose());
        }
        return List.copyOf(ports);
    }

    private static String members(int size, List<Integer> ports) {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < size; i++) {
            members.append("    - n").append(i + 1).append(" 127.0.0.1:").append(ports.get(size + i))
                    .append(" http://127.0.0.1:").append(ports.get(i)).append('\n');
        }
        return members.toString();
    }

    /** Where its nodes listen. */
    List<URI> urls() {
        return nodes.stream().map(node -> node.url).toList();
    }

    /** For a client of its own. */
    CoordinatorNodes addresses() {
        return new CoordinatorNodes(urls());
    }

    /** Throws with its last words if a process has ended by itself. */
    void requireAlive() throws IOException {
        for (Node node : nodes) {
            node.process.requireAlive();
        }
    }

    /**
     * Ends a process with SIGKILL and starts it anew at once. Of a group this is the one that leads, but every third time the one
     * whose turn it is, whatever that is.
     *
     * @param leads finds out which of {@link #urls} leads; -1 if nobody says
     */
    void killAndRestart(Recovery recovery, Leads leads) throws IOException, InterruptedException {
        int number = nodes.size() == 1 ? 0 : victim(leads);
        Node node = nodes.get(number);
        long killedAtNanos = System.nanoTime();
        node.process.kill();
        recovery.killed(killedAtNanos, System.nanoTime());
        node.process = node.program.start(directory);
    }

    private int victim(Leads leads) throws InterruptedException {
        int turn = kills++;
        int leader = turn % 3 == 2 ? -1 : leads.number(urls());
        return leader < 0 ? turn % nodes.size() : leader;
    }

    /** Says who leads. */
    interface Leads {
        int number(List<URI> urls) throws InterruptedException;
    }
}
