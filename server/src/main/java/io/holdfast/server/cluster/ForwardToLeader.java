package io.holdfast.server.cluster;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.GrpcRefusal;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.http.RequestBodies;
import io.holdfast.server.http.Traffic;
import io.holdfast.server.workers.pool.WorkerEndpoints;
import io.holdfast.server.workers.pool.WorkerService;
import io.netty.util.AsciiString;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Any node takes any request: what is for the leader goes there as it came, and its answer back. While nobody leads, requests wait
 * for a while. A request whose answer was lost, because its connection is half-open or because the node leads no more, is sent once
 * more if that does no harm; otherwise, or if the answer is lost again, its outcome is unknown. Thread-safe.
 */
public final class ForwardToLeader implements DecoratingHttpServiceFunction {

    /** Says which node has forwarded a request: the next one answers itself, or not at all. */
    static final AsciiString FORWARDED_BY = AsciiString.cached("holdfast-forwarded-by");

    private static final String API = "/api/";
    private static final String GRPC = "/holdfast.";
    private static final String GRPC_STATUS = "grpc-status";
    private static final String GRPC_EXHAUSTED = "8";
    private static final String GRPC_UNAVAILABLE = "14";
    /** What each node answers for itself. */
    private static final Set<String> OWN = Set.of("/api/ping", "/api/metrics", "/api/v1/cluster",
            WorkerEndpoints.WORKERS);
    private static final String OWN_BACKUPS = "/api/v1/backups/";
    private static final String OWN_CLUSTER = "/api/v1/cluster/";
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

    private static final long RECONNECT_MILLIS = 100;
    /** A machine that is gone without a word is found by what it does not answer. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(2);

    /** Whoever has waited for so long may be gone before the second answer comes. */
    private static final Duration LATEST_REPLAY = Duration.ofSeconds(15);

    private final Traffic traffic;
    private final RequestBodies bodies;
    private final long waitMillis;
    private final ClientFactory factory;
    private final Map<URI, WebClient> clients = new ConcurrentHashMap<>();
    private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
    private final Set<CompletableFuture<Void>> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicLong replayed = new AtomicLong();
    private volatile @Nullable Leadership leadership;
    private volatile String node = "";

    /** What was sent on and has no answer yet. */
    private record Exchange(Leadership.Place.There to, HttpResponse response) {}

    /** It was given up because the node it went to leads no more. */
    private static final class Deposed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Deposed() {
            super("the node leads no more", null, false, false);
        }
    }

    /**
     * @param traffic    counts what is forwarded as what is served
     * @param bodies     bounds what is held of them
     * @param waitMillis how long a request waits for a leader
     * @param trust      whose signature the certificate of another node has to have; null for the usual ones
     */
    public ForwardToLeader(Traffic traffic, RequestBodies bodies, long waitMillis, @Nullable X509TrustManager trust) {
        this.traffic = traffic;
        this.bodies = bodies;
        this.waitMillis = waitMillis;
        ClientFactoryBuilder builder = ClientFactory.builder().connectTimeout(CONNECT_LIMIT)
                .pingInterval(PING_INTERVAL);
        if (trust != null) {
            builder.tlsCustomizer(tls -> tls.trustManager(trust));
        }
        this.factory = builder.build();
    }

    /** From now on this node is one of a group. Called once, before requests are let in. */
    public void begin(String self, Leadership watched) {
        node = self;
        leadership = watched;
        giveUpOnChange(watched);
    }

    private void giveUpOnChange(Leadership watched) {
        CompletableFuture<Void> change = watched.change();
        Leadership.Place place = watched.place();
        for (Exchange exchange : underWay) {
            if (!exchange.to.equals(place)) {
                exchange.response.abort(new Deposed());
            }
        }
        waiting.forEach(each -> each.complete(null));
        var unused = change.thenRun(() -> giveUpOnChange(watched));
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        Leadership watched = leadership;
        if (watched == null || !isForTheLeader(context.path()) || watched.place() instanceof Leadership.Place.Here) {
            return delegate.serve(context, request);
        }
        // As a whole, because it may have to go to another node than the first one.
        return traffic.serve((counted, received) -> HttpResponse.of(bodies.receive(counted, received)
                .thenCompose(whole -> new Relay(watched, delegate, counted, whole).start())), context, request);
    }

    private static boolean isForTheLeader(String path) {
        return path.startsWith(GRPC) && !path.startsWith(WorkerService.PATH)
                || path.startsWith(API) && !OWN.contains(path) && !path.startsWith(OWN_BACKUPS)
                        && (!path.startsWith(OWN_CLUSTER) || path.startsWith(MemberEndpoints.PATH));
    }

    /** One request on its way to whoever leads. */
    private final class Relay {
        private final Leadership watched;
        private final HttpService delegate;
        private final ServiceRequestContext context;
        private final AggregatedHttpRequest request;
        private final long arrivedNanos = System.nanoTime();
        private long waitsSinceNanos = arrivedNanos;
        /** It may have arrived somewhere. */
        private boolean isReplayed;

        Relay(Leadership watched, HttpService delegate, ServiceRequestContext context, AggregatedHttpRequest request) {
            this.watched = watched;
            this.delegate = delegate;
            this.context = context;
            this.request = request;
        }

        CompletableFuture<HttpResponse> start() {
            CompletableFuture<Void> change = watched.change();
            return switch (watched.place()) {
                case Leadership.Place.Here here -> CompletableFuture.completedFuture(answered(here()));
                case Leadership.Place.There there -> CompletableFuture.completedFuture(there(there));
                case Leadership.Place.Nowhere nowhere -> again(change, waitMillis, "no node of the group leads");
            };
        }

        /** Looks again where the leader is after a change, or after some time without one. */
        private CompletableFuture<HttpResponse> again(CompletableFuture<Void> change, long mostMillis, String why) {
            long leftMillis = waitMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waitsSinceNanos);
            if (leftMillis <= 0) {
                return CompletableFuture.completedFuture(isReplayed ? unknown(why) : noLeader(request.headers(), why));
            }
            // Not a dependent of the change, which would keep it until there is one.
            CompletableFuture<Void> woken = new CompletableFuture<>();
            waiting.add(woken);
            if (change.isDone()) {
                woken.complete(null);
            }
            return woken.completeOnTimeout(null, Math.min(leftMillis, mostMillis), TimeUnit.MILLISECONDS)
                    .whenComplete((nothing, failure) -> waiting.remove(woken))
                    .thenComposeAsync(changed -> start(), context.eventLoop());
        }

        private HttpResponse here() {
            try {
                return delegate.serve(context, request.toHttpRequest());
            } catch (Exception e) {
                return HttpResponse.ofFailure(e);
            }
        }

        private HttpResponse there(Leadership.Place.There to) {
            String forwardedBy = request.headers().get(FORWARDED_BY);
            if (forwardedBy != null) {
                return noLeader(request.headers(), "node " + forwardedBy + " took this node for the leader, but "
                        + to.node() + " leads");
            }
            // The leader bounds it, and this node gives up when that leads no more.
            context.clearRequestTimeout();
            HttpResponse response = clients.computeIfAbsent(to.api(), api -> client(api))
                    .execute(AggregatedHttpRequest.of(headers(request.headers(), to), request.content()));
            Exchange exchange = new Exchange(to, response);
            // Who is to be removed lets another node lead, and still has the answer.
            if (!context.path().startsWith(MemberEndpoints.PATH)) {
                underWay.add(exchange);
                var unused = response.whenComplete().handle((nothing, failure) -> underWay.remove(exchange));
                if (!watched.place().equals(to)) {
                    response.abort(new Deposed());
                }
            }
            return answered(response).recover(failure -> failed(to, failure));
        }

        /** That nothing was done of what was sent last says nothing of what was sent first. */
        private HttpResponse answered(HttpResponse response) {
            if (!isReplayed || request.method() == HttpMethod.GET) {
                return response;
            }
            return HttpResponse.of(response.aggregate()
                    .thenApply(whole -> isRefusedForNow(whole)
                            ? unknown("the answer was lost, and the request is refused for now")
                            : whole.toHttpResponse()));
        }

        private HttpResponse unknown(String why) {
            return GrpcRefusal.of(request.headers(),
                    Answers.error(ErrorCode.UNKNOWN_OUTCOME, why + ": ask again with the same id", null));
        }

        private HttpResponse failed(Leadership.Place.There to, Throwable failure) {
            if (!(failure instanceof UnprocessedRequestException)) {
                if (isReplayed || !Harmless.toSendAgain(request.method(), context.decodedPath())
                        || System.nanoTime() - arrivedNanos > LATEST_REPLAY.toNanos()) {
                    return unknown("node " + to.node() + " led and has not answered");
                }
                isReplayed = true;
                waitsSinceNanos = System.nanoTime();
                replayed.incrementAndGet();
            }
            // It has not left this node, or does no harm twice; so it can go to the next leader, or to the same one if only a
            // connection was lost.
            CompletableFuture<Void> change = watched.change();
            String why = "node " + to.node() + ", which led, cannot be reached";
            return HttpResponse.of(watched.place().equals(to)
                    ? again(change, RECONNECT_MILLIS, why)
                    : again(CompletableFuture.completedFuture(null), 0, why));
        }
    }

    /** Requests that were sent once more because their answer was lost, since this process started. */
    public long replayed() {
        return replayed.get();
    }

    private static boolean isRefusedForNow(AggregatedHttpResponse answer) {
        int status = answer.status().code();
        String grpc = answer.trailers().get(GRPC_STATUS, answer.headers().get(GRPC_STATUS, ""));
        return status == HttpStatus.SERVICE_UNAVAILABLE.code() || status == HttpStatus.TOO_MANY_REQUESTS.code()
                || grpc.equals(GRPC_UNAVAILABLE) || grpc.equals(GRPC_EXHAUSTED);
    }

    private WebClient client(URI api) {
        return WebClient.builder(api).factory(factory).responseTimeoutMillis(0).writeTimeoutMillis(0)
                .maxResponseLength(0).build();
    }

    private RequestHeaders headers(RequestHeaders came, Leadership.Place.There to) {
        RequestHeadersBuilder sent = came.toBuilder();
        // The gate of this node has checked the origin against its own name.
        sent.removeAndThen(HttpHeaderNames.CONNECTION).removeAndThen(HttpHeaderNames.ORIGIN)
                .authority(to.api().getRawAuthority());
        return sent.scheme(to.api().getScheme()).set(FORWARDED_BY, node).build();
    }

    private static HttpResponse noLeader(RequestHeaders request, String why) {
        return GrpcRefusal.of(request,
                Answers.error(ErrorCode.NO_LEADER, why + ": nothing was done, send it again", null));
    }

    /** Ends its connections to other nodes. */
    public void close() {
        var unused = factory.closeAsync();
    }
}
