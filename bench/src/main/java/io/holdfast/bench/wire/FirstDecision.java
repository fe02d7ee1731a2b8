package io.holdfast.bench.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.bench.process.ServerJvm;
import java.io.IOException;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How a start went, in milliseconds. The port is opened while the engine recovers.
 *
 * @param portOpenMillis    from the start of the process until its port took a connection
 * @param recoveryAtMillis  from the start of the process until recovery began: the JVM, what it loads
 * @param recoveredMillis   what recovery took, as the server says in its log: store and log read, state rebuilt, first entry written
 * @param storeMillis       of that, for the last cut
 * @param logMillis         of that, for the log
 * @param totalMillis       from the start of the process until a begin and a decision were acknowledged
 * @param cpuMillis         processor time of the server until then, which says more on a machine that others use
 */
public record FirstDecision(double portOpenMillis, double recoveryAtMillis, double recoveredMillis, double storeMillis,
        double logMillis, double totalMillis, double cpuMillis) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int TIMEOUT_SECONDS = 3_600;

    /** What passed after the port was open and the engine had recovered. */
    public double decisionMillis() {
        return totalMillis - Math.max(portOpenMillis, recoveryAtMillis + recoveredMillis);
    }

    /** Knocks until the server has decided something. */
    public static FirstDecision await(ServerJvm server) throws IOException {
        long giveUpAt = server.startedNanos() + LIMIT_NANOS;
        while (!isOpen(server)) {
            pause(server, giveUpAt);
        }
        double portOpen = millisSince(server);
        String gid = new Gids().next();
        while (!isDecided(server, gid)) {
            pause(server, giveUpAt);
        }
        double total = millisSince(server);
        double cpuMillis = server.cpuNanos() / 1e6;
        JsonNode event = recovered(server.printed());
        JsonNode said = merged(event.path("kvpList"));
        double recovered = said.path("millis").asDouble();
        double recoveredAt = event.path("timestamp").asLong() - server.startedWallMillis();
        return new FirstDecision(portOpen, recoveredAt - recovered, recovered, said.path("storeMillis").asDouble(),
                said.path("logMillis").asDouble(), total, cpuMillis);
    }

    private static boolean isOpen(ServerJvm server) {
        try (Socket socket = new Socket()) {
            socket.connect(server.address());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whatever it answers while it starts means: not yet. The gid is the same each time, so asking again is harmless. */
    private static boolean isDecided(ServerJvm server, String gid) {
        try (DtmWire wire = new DtmWire(server.address())) {
            wire.prepareTcc(gid, TIMEOUT_SECONDS);
            wire.submitTcc(gid);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause(ServerJvm server, long giveUpAtNanos) throws IOException {
        server.requireAlive();
        if (System.nanoTime() - giveUpAtNanos > 0) {
            throw new IOException(
                    "no decision after " + TimeUnit.NANOSECONDS.toSeconds(LIMIT_NANOS) + " s; it printed:\n"
                            + server.printed());
        }
        LockSupport.parkNanos(POLL_NANOS);
    }

    private static double millisSince(ServerJvm server) {
        return (System.nanoTime() - server.startedNanos()) / 1e6;
    }

    /** The line in which the server says that it has recovered. */
    private static JsonNode recovered(String printed) throws IOException {
        for (String line : printed.lines().filter(l -> l.startsWith("{")).toList()) {
            try {
                JsonNode event = JSON.readTree(line);
                if (event.path("formattedMessage").asText().equals("recovered")) {
                    return event;
                }
            } catch (JsonProcessingException e) {
                // A line that is still being written.
            }
        }
        throw new IOException("the server did not say that it has recovered:\n" + printed);
    }

    /** The pairs of a log line as one object. */
    private static JsonNode merged(JsonNode pairs) {
        var all = JSON.createObjectNode();
        pairs.forEach(pair -> pair.properties().forEach(entry -> all.set(entry.getKey(), entry.getValue())));
        return all;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT,
                "%,.0f ms, %,.0f ms of CPU (port open after %,.0f; recovery began after %,.0f and took %,.0f: store %,.0f, log %,.0f;"
                        + " then %,.0f to the decision)",
                totalMillis, cpuMillis, portOpenMillis, recoveryAtMillis, recoveredMillis, storeMillis, logMillis,
                decisionMillis());
    }
}
