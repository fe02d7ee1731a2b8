package io.holdfast.examples.participant;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultPlan;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The HTTP server of one participant, on a free port of the loopback interface. */
public final class ParticipantServer implements AutoCloseable {
    /** Longer than the three seconds that clients and coordinator wait. */
    private static final Duration HANG = Duration.ofSeconds(4);
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);

    private final Server server;
    private final ExecutorService workers;

    private ParticipantServer(Server server, ExecutorService workers) {
        this.server = server;
        this.workers = workers;
    }

    /**
     * Starts to listen.
     *
     * @param store where its calls take effect
     * @param plan  the faults to inject, null for none
     */
    public static ParticipantServer start(FencedStore store, List<Route> routes, @Nullable FaultPlan plan) {
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        FaultCounts counts = new FaultCounts();
        FaultInjector faults = plan == null ? null : new FaultInjector(plan, counts, HANG.toNanos(), workers);
        ServerBuilder builder = Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .requestTimeout(LONGEST_REQUEST).disableServerHeader().disableDateHeader()
                .service("/faults", (context, request) -> HttpResponse.of(MediaType.JSON_UTF_8, Replies.json(counts)))
                .service("/under-way", (context, request) -> HttpResponse.of(MediaType.JSON_UTF_8,
                        Replies.underWay(faults == null ? 0 : faults.underWay())));
        for (Route route : routes) {
            builder.service(route.path(), new BranchEndpoint(route, store, faults, workers));
        }
        Server server = builder.build();
        server.start().join();
        return new ParticipantServer(server, workers);
    }

    public int port() {
        return server.activeLocalPort();
    }

    /** Waits until the server has been closed. */
    void awaitClosed() {
        server.whenClosed().join();
    }

    @Override
    public void close() {
        server.stop().join();
        workers.close();
    }
}
