package io.holdfast.server.workers.process;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.lease.Lease;
import io.holdfast.engine.lease.LeaseTerms;
import io.holdfast.engine.lease.Pings;
import io.holdfast.rpc.v1.PoolFrame;
import io.holdfast.rpc.v1.PoolWelcome;
import io.holdfast.rpc.v1.WorkerCall;
import io.holdfast.rpc.v1.WorkerFrame;
import io.holdfast.rpc.v1.WorkerHello;
import io.holdfast.rpc.v1.WorkerPing;
import io.holdfast.rpc.v1.WorkerResult;
import io.holdfast.rpc.v1.WorkersGrpc;
import io.holdfast.server.workers.WireCalls;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream with one node. A call is begun only within its {@link Lease}; one that comes too late is handed back. Everything happens
 * on one thread of its own; the public methods are for all threads.
 */
final class NodeLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeLink.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** A connection on which no ping is answered for so long is half-open. */
    private static final long SILENT_NANOS = LeaseTerms.USUAL.silentNanos();
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2_000;
    private static final int MAX_RESULTS_PER_FRAME = 1_000;

    private final String name;
    private final URI node;
    private final int slots;
    private final Participants participants;
    private final ClientFactory factory;
    private final WorkersGrpc.WorkersStub stub;
    private final ScheduledExecutorService loop;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final ArrayDeque<WorkerResult> unsent = new ArrayDeque<>();
    private volatile @Nullable Stream stream;
    private final AtomicInteger underWay = new AtomicInteger();
    private boolean draining;
    private boolean flushIsDue;
    private long retryMillis = FIRST_RETRY_MILLIS;
    private String lastProblem = "";

    NodeLink(String name, URI node, @Nullable String token, @Nullable X509TrustManager trust, int slots,
            Participants participants) {
        this.name = name;
        this.node = node;
        this.slots = slots;
        this.participants = participants;
        ClientFactoryBuilder connections = ClientFactory.builder().connectTimeout(CONNECT_LIMIT);
        if (trust != null) {
            connections.tlsCustomizer(tls -> tls.trustManager(trust));
        }
        this.factory = connections.build();
        GrpcClientBuilder client = GrpcClients.builder(node).serializationFormat(GrpcSerializationFormats.PROTO)
                .factory(factory).responseTimeoutMillis(0).writeTimeoutMillis(0).maxResponseLength(0);
        if (token != null) {
            client.setHeader(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
        }
        this.stub = client.build(WorkersGrpc.WorkersStub.class);
        this.loop = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("worker-" + node.getHost() + "-" + node.getPort()).factory());
    }

    void start() {
        loop.execute(this::connect);
    }

    boolean isConnected() {
        Stream now = stream;
        return now != null && now.welcomed;
    }

    int underWay() {
        return underWay.get();
    }

    /** Takes no more calls. Completes when those under way have ended and were told. */
    CompletableFuture<Void> drain() {
        onLoop(() -> {
            draining = true;
            Stream now = stream;
            if (now != null && now.welcomed) {
                flush();
                now.send(WorkerFrame.newBuilder().setLeaving(true).build());
            }
            completeIfDrained();
        });
        return drained;
    }

    @Override
    public void close() {
        loop.shutdownNow();
        var unused = factory.closeAsync();
    }

    private void onLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            // Closed: nobody listens any more.
        }
    }

    /** Nothing is under way, and nobody waits for what has ended. */
    private void completeIfDrained() {
        Stream now = stream;
        if (draining && underWay.get() == 0 && (now == null || !now.welcomed)) {
            drained.complete(null);
        }
    }

    private void connect() {
        if (draining) {
            return;
        }
        Stream next = new Stream();
        stream = next;
        var unused = stub.work(next);
        next.send(WorkerFrame.newBuilder().setHello(WorkerHello.newBuilder().setName(name).setSlots(slots)).build());
        next.ping();
    }

    private void lost(Stream which, String why) {
        if (which != stream) {
            return;
        }
        stream = null;
        unsent.clear();
        which.stopPinging();
        if (draining) {
            completeIfDrained();
            return;
        }
        if (!why.equals(lastProblem)) {
            lastProblem = why;
            LOG.atInfo().addKeyValue("node", node).addKeyValue("why", why)
                    .log("no stream with this node: trying again");
        }
        var unused = loop.schedule(this::connect, retryMillis, TimeUnit.MILLISECONDS);
        retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
    }

    private void begin(Stream from, WorkerCall wire, Lease lease) {
        long id = wire.getCallId();
        Participants.Call call;
        try {
            call = WireCalls.call(wire);
        } catch (IllegalArgumentException e) {
            LOG.atWarn().addKeyValue("node", node).addKeyValue("gid", wire.getGid()).addKeyValue("why", e.getMessage())
                    .log("this version does not understand a call");
            // Not handed back: it would come again at once, for ever.
            done(from, id, new Result.Unknown(Participants.Trouble.UNEXPECTED_ANSWER,
                    "worker " + name + " does not understand the call: " + e.getMessage()));
            return;
        }
        // A process that stood still, or a call that was long on the way: somebody else may have it by now.
        if (draining || !lease.isValid(System.nanoTime())) {
            done(from, id, new Result.HandedBack());
            return;
        }
        underWay.incrementAndGet();
        participants.call(call, result -> onLoop(() -> {
            underWay.decrementAndGet();
            done(from, id, result);
            completeIfDrained();
        }));
    }

    private void done(Stream from, long id, Result result) {
        if (from == stream) {
            unsent.add(WireCalls.of(id, result));
            if (!flushIsDue) {
                flushIsDue = true;
                // Behind what else has ended meanwhile.
                onLoop(this::flush);
            }
        }
    }

    private void flush() {
        flushIsDue = false;
        Stream now = stream;
        while (now != null && !unsent.isEmpty()) {
            List<WorkerResult> some = new ArrayList<>();
            while (!unsent.isEmpty() && some.size() < MAX_RESULTS_PER_FRAME) {
                some.add(unsent.remove());
            }
            now.send(WorkerFrame.newBuilder().addAllResults(some).build());
        }
    }

    /** One connection. */
    private final class Stream implements ClientResponseObserver<WorkerFrame, PoolFrame> {
        /** When those pings were sent that were not heard yet. */
        private final Pings pings = new Pings();
        private @Nullable ClientCallStreamObserver<WorkerFrame> to;
        private volatile boolean welcomed;
        private Lease lease = Lease.NONE;
        private int leaseMillis;
        private int pingMillis = LeaseTerms.USUAL.pingMillis();
        private long heardNanos = System.nanoTime();
        private boolean over;

        @Override
        public void beforeStart(ClientCallStreamObserver<WorkerFrame> stream) {
            to = stream;
        }

        @Override
        public void onNext(PoolFrame frame) {
            onLoop(() -> take(frame));
        }

        @Override
        public void onError(Throwable failure) {
            onLoop(() -> lost(this, String.valueOf(failure.getMessage())));
        }

        @Override
        public void onCompleted() {
            onLoop(() -> lost(this, "the node has ended the stream"));
        }

        private void take(PoolFrame frame) {
            if (this != stream) {
                return;
            }
            heardNanos = System.nanoTime();
            if (frame.hasWelcome()) {
                welcome(frame.getWelcome());
            }
            if (frame.getHeardPing() > 0) {
                lease = pings.heard(frame.getHeardPing(), leaseMillis, lease);
            }
            for (WorkerCall call : frame.getCallsList()) {
                begin(this, call, lease);
            }
        }

        private void welcome(PoolWelcome welcome) {
            leaseMillis = welcome.getLeaseMillis();
            pingMillis = Math.max(1, welcome.getPingMillis());
            welcomed = true;
            retryMillis = FIRST_RETRY_MILLIS;
            lastProblem = "";
            LOG.atInfo().addKeyValue("node", node).log("takes calls of this node");
            if (draining) {
                send(WorkerFrame.newBuilder().setLeaving(true).build());
            }
        }

        /** Says that this process lives, and goes on saying it. */
        private void ping() {
            if (over || this != stream) {
                return;
            }
            long now = System.nanoTime();
            if (now - heardNanos > SILENT_NANOS) {
                cancel("nothing was heard for " + TimeUnit.NANOSECONDS.toSeconds(SILENT_NANOS) + " s");
                return;
            }
            send(WorkerFrame.newBuilder().setPing(
                    WorkerPing.newBuilder().setNumber(pings.next(now)).setCpuLoad(CpuLoad.ofThisProcess())).build());
            var unused = loop.schedule(this::ping, pingMillis, TimeUnit.MILLISECONDS);
        }

        private void send(WorkerFrame frame) {
            ClientCallStreamObserver<WorkerFrame> open = to;
            if (open == null || over) {
                return;
            }
            try {
                open.onNext(frame);
            } catch (IllegalStateException e) {
                // It has ended; the observer is told why.
                over = true;
            }
        }

        private void cancel(String why) {
            ClientCallStreamObserver<WorkerFrame> open = to;
            if (open != null) {
                open.cancel(why, null);
            }
            lost(this, why);
        }

        private void stopPinging() {
            over = true;
        }
    }
}
