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
import java.util.stream.IntStream;
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
    private final List<Integer> apiPorts = new ArrayList<>();
    private final List<Integer> logPorts = new ArrayList<>();
    private final List<Place> places;
    private final String more;
    private final Path directory;
    private final String token;

    /**
     * Starts them beside the test and waits until one of them leads.
     *
     * @param more lines of the configuration of each
     */
    ServerGroup(Path directory, int size, String more) throws Exception {
        this(directory, Collections.nCopies(size, Place.HERE), 0, more, "", FreePort.choose());
    }

    /**
     * As the one above.
     *
     * @param spare how many nodes may be started later, to be added
     */
    ServerGroup(Path directory, int size, int spare, String more) throws Exception {
        this(directory, Collections.nCopies(size + spare, Place.HERE), spare, more, "", FreePort.choose());
    }

    /** As the one above, with the first node where clients know a server to be. */
    ServerGroup(Path directory, int size, String more, int portOfFirst) throws Exception {
        this(directory, Collections.nCopies(size, Place.HERE), 0, more, "", portOfFirst);
    }

    /**
     * Starts one in each place and waits until one of them leads.
     *
     * @param more  lines of the configuration of each
     * @param token that they want according to these lines; empty for none
     */
    public ServerGroup(Path directory, List<Place> places, String more, String token) throws Exception {
        this(directory, places, 0, more, token, FreePort.choose());
    }

    private ServerGroup(Path directory, List<Place> places, int spare, String more, String token, int portOfFirst)
            throws Exception {
        this.directory = directory;
        this.token = token;
        this.places = places;
        this.more = more;
        int size = places.size();
        Set<Integer> ports = new LinkedHashSet<>(List.of(portOfFirst));
        while (ports.size() < 2 * size) {
            ports.add(FreePort.choose());
        }
        List<Integer> port = List.copyOf(ports);
        apiPorts.addAll(port.subList(0, size));
        logPorts.addAll(port.subList(size, 2 * size));
        List<String> founders = IntStream.range(0, size - spare).mapToObj(this::member).toList();
        for (int i = 0; i < size - spare; i++) {
            launch(i, founders);
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

    private void launch(int number, List<String> members) throws IOException {
        Path config = Files.writeString(directory.resolve("n" + (number + 1) + ".yaml"),
                more + "listen: " + places.get(number).address() + "\ncluster:\n  node: n" + (number + 1)
                        + "\n  members:\n    - " + String.join("\n    - ", members) + "\n");
        servers.add(ServerProcess.start(places.get(number), data(number), apiPorts.get(number), "--config",
                config.toString()));
    }

    /** A line of {@code cluster.members}: id, address of the log, address for requests. */
    String member(int number) {
        String address = places.get(number).address();
        return "n%d %s:%d http://%s:%d".formatted(number + 1, address, logPorts.get(number), address,
                apiPorts.get(number));
    }

    /**
     * Starts the next spare node, which knows these members and itself, and waits until it listens.
     *
     * @return its number
     */
    int startSpare(List<Integer> members) throws Exception {
        int number = servers.size();
        launch(number, Stream.concat(members.stream(), Stream.of(number)).map(this::member).toList());
        servers.get(number).awaitListening();
        return number;
    }

    /** Ids of the members as a node knows them, in order. */
    List<String> members(int asked) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        seenBy(asked).path("members").forEach(member -> ids.add(member.path("id").asText()));
        Collections.sort(ids);
        return ids;
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

    /** Of those that have yet to be started as well. */
    public List<String> urls() {
        return IntStream.range(0, places.size())
                .mapToObj(number -> "http://" + places.get(number).address() + ":" + apiPorts.get(number)).toList();
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
