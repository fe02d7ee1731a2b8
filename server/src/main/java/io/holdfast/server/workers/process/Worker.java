package io.holdfast.server.workers.process;

import io.holdfast.engine.Participants;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls for coordinators: one stream with each node that it was told of, kept up for as long as it lives. It has no state: what
 * it knows of a call is gone with it, and the coordinator has another worker make it. Thread-safe.
 */
public final class Worker implements AutoCloseable {

    private final List<NodeLink> links;

    /**
     * @param name    for people
     * @param nodes   where the nodes take requests
     * @param token   what they want to see; null for nothing
     * @param trust   whose signature their certificates have to have; null for the usual ones
     * @param slots   calls at the same time, for each node; only one of them leads
     * @param participants makes the calls; stays the caller's to close
     */
    public Worker(String name, List<URI> nodes, @Nullable String token, @Nullable X509TrustManager trust, int slots,
            Participants participants) {
        links = nodes.stream().map(node -> new NodeLink(name, node, token, trust, slots, participants)).toList();
    }

    /** Connects, and connects again whenever a connection is lost. */
    public void start() {
        links.forEach(NodeLink::start);
    }

    /** With how many nodes it has a stream. */
    public int connectedNodes() {
        return (int) links.stream().filter(NodeLink::isConnected).count();
    }

    /**
     * Takes no more calls and waits for those under way. Blocks.
     *
     * @return how many were not done in time
     */
    public int drain(long atMostMillis) throws InterruptedException {
        CompletableFuture<Void> done = CompletableFuture
                .allOf(links.stream().map(NodeLink::drain).toArray(CompletableFuture[]::new));
        try {
            done.get(atMostMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return links.stream().mapToInt(NodeLink::underWay).sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes this with a failure", e);
        }
        return 0;
    }

    @Override
    public void close() {
        links.forEach(NodeLink::close);
    }
}
