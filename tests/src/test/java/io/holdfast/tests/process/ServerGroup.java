package io.holdfast.tests.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holdfast.components.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A group of servers, each a process with a directory of its own. Not thread-safe. */
public final class ServerGroup implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ELECTION_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_LIMIT).build();
    private final List<ServerProcess> servers = new ArrayList<>();
    private final List<Integer> logPorts = new ArrayList<>();
    private final Path directory;
    private final String token;

    /**
     * Starts them beside the test and waits until one of them leads.
     *
     * @param more lines of the configuration of each
     */
    ServerGroup(Path directory, int size, String more) throws Exception {
        this(directory, Collections.nCopies(size, Place.HERE), more, "");
    }

    /** As the one above, with the first node where clients know a server to be. */
    ServerGroup(Path directory, int size, String more, int portOfFirst) throws Exception {
        this(directory, Collections.nCopies(size, Place.HERE), more, "", portOfFirst);
    }

    /**
     * Starts one in each place and waits until one of them leads.
     *
     * @param more  lines of the configuration of each
     * @param token that they want according to these lines; empty for none
     */
    public ServerGroup(Path directory, List<Place> places, String more, String token) throws Exception {
        this(directory, places, more, token, FreePort.choose());
    }

    private ServerGroup(Path directory, List<Place> places, String more, String token, int portOfFirst)
            throws Exception {
        this.directory = directory;
        this.token = token;
        int size = places.size();
        Set<Integer> ports = new LinkedHashSet<>(List.of(portOfFirst));
        while (ports.size() < 2 * size) {
            ports.add(FreePort.choose());
        }
        List<Integer> port = List.copyOf(ports);
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < size; i++) {
            String address = places.get(i).address();
            logPorts.add(port.get(size + i));
            members.append("    - n%d %s:%d http://%s:%d%n".formatted(i + 1, address, port.get(size + i), address,
                    port.get(i)));
        }
        for (int i = 0; i < size; i++) {
            Path config = Files.writeString(directory.resolve("n" + (i + 1) + ".yaml"),
                    more + "listen: " + places.get(i).address() + "\ncluster:\n  node: n" + (i + 1) + "\n  members:\n"
                            + members);
            servers.add(ServerProcess.start(places.get(i), data(i), port.get(i), "--config", config.toString()));
        }
        try {
            for (ServerProcess server : servers) {
                server.awaitListening();
            }
            awaitLeader();
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    /** Where the others reach the log of a node. */
    public int logPort(int number) {
        return logPorts.get(number);
    }

    public Path data(int number) {
        return directory.resolve("n" + (number + 1));
    }

    public List<ServerProcess> servers() {
        return servers;
    }

    public ServerProcess get(int number) {
        return servers.get(number);
    }

    public List<String> urls() {
        return servers.stream().map(ServerProcess::url).toList();
    }

    /** Waits until a node says that it leads, and returns its number. */
    public int awaitLeader() throws Exception {
        int[] found = {-1};
        Eventually.holds("a node leads", ELECTION_LIMIT, () -> {
            found[0] = leader();
            return found[0] >= 0;
        });
        return found[0];
    }

    /** Waits until another node than this one leads. */
    public int awaitOtherLeader(int number) throws Exception {
        int[] found = {-1};
        Eventually.holds("another node leads", ELECTION_LIMIT, () -> {
            found[0] = leaderBut(number);
            return found[0] >= 0;
        });
        return found[0];
    }

    private int leader() throws InterruptedException {
        return leaderBut(-1);
    }

    private int leaderBut(int not) throws InterruptedException {
        for (int i = 0; i < servers.size(); i++) {
            if (i != not && ("n" + (i + 1)).equals(leaderAsSeenBy(i))) {
                return i;
            }
        }
        return -1;
    }

    /** Whom a node takes for the leader; null for nobody, or if it does not answer. */
    public @Nullable String leaderAsSeenBy(int number) throws InterruptedException {
        return seenBy(number).path("leader").asText(null);
    }

    /** What a node says it is; empty if it does not answer. */
    public String standing(int number) throws InterruptedException {
        return seenBy(number).path("standing").asText();
    }

    private JsonNode seenBy(int number) throws InterruptedException {
        try {
            HttpRequest.Builder request = HttpRequest
                    .newBuilder(URI.create(servers.get(number).url() + "/api/v1/cluster")).timeout(ANSWER_LIMIT);
            new Reach(urls(), token, ANSWER_LIMIT, "").authorize(request);
            return Objects.requireNonNull(JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body()));
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Takes everything from a node that is down, as a new disk does. */
    public void lose(int number) throws IOException {
        try (Stream<Path> files = Files.walk(data(number))) {
            for (Path file : files.filter(path -> !path.equals(data(number))).sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
        http.shutdownNow();
    }
}
