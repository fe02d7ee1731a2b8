package io.holdfast.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Directory and configuration of one of the nodes.
 *
 * @param directory of the node
 * @param api       port for requests
 * @param text      of the configuration
 */
public record NodeFiles(String id, Path directory, int api, String text) {

    /**
     * What each node of a group needs.
     *
     * @param basePort requests go to this port and those after it, the log to as many after these
     */
    public static List<NodeFiles> plan(int nodes, int basePort, Path directory) {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < nodes; i++) {
            members.append("    - n%d 127.0.0.1:%d http://127.0.0.1:%d%n".formatted(i + 1, basePort + nodes + i,
                    basePort + i));
        }
        return IntStream.range(0, nodes).mapToObj(i -> {
            String id = "n" + (i + 1);
            Path own = directory.resolve(id);
            String text = "data: %s%nport: %d%ncluster:%n  node: %s%n  members:%n%s"
                    .formatted(quoted(own.resolve("data").toAbsolutePath().normalize()), basePort + i, id, members);
            return new NodeFiles(id, own, basePort + i, text);
        }).toList();
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    Path config() {
        return directory.resolve("holdfast.yaml");
    }

    /** What {@code holdfast} is told to run it. */
    public List<String> arguments() {
        return List.of("server", "--config", config().toString());
    }

    Path output() {
        return directory.resolve("output.log");
    }

    public String url() {
        return "http://127.0.0.1:" + api;
    }

    /**
     * Writes the configuration, unless it is there already.
     *
     * @throws IOException if it cannot be written, or another one is there: a group keeps its members
     */
    public void write() throws IOException {
        Files.createDirectories(directory);
        if (!Files.exists(config())) {
            Files.writeString(config(), text);
        } else if (!Files.readString(config()).equals(text)) {
            throw new IOException(
                    config() + " is of a group with other nodes or ports: give these again, or another --data");
        }
    }
}
