package io.holdfast.server.cluster;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import io.holdfast.server.http.Answers;
import io.holdfast.server.http.GrpcRefusal;
import io.holdfast.server.http.Leadership;
import io.holdfast.server.http.Traffic;
import io.netty.util.AsciiString;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Any node takes any request: what is for the leader goes there as it came, and its answer back. A request that was under way to a
 * node that leads no more is answered at once that its outcome is unknown; while nobody leads, requests wait for a while. Nothing
 * is sent twice. Thread-safe.
 */
public final class ForwardToLeader implements DecoratingHttpServiceFunction {

    /** Says which node has forwarded a request: the next one answers itself, or not at all. */
    static final AsciiString FORWARDED_BY = AsciiString.cached("holdfast-forwarded-by");

    private static final String API = "/api/";
    private static final String GRPC = "/holdfast.";
    /** What each node answers for itself. */
    private static final Set<String> OWN = Set.of("/api/ping", "/api/metrics", "/api/v1/cluster");
    private static final String OWN_BACKUPS = "/api/v1/backups/";
    private static final String OWN_CUT = "/api/v1/cluster/";
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

    private final Traffic traffic;
    private final long waitMillis;
    private final ClientFactory factory;
    private final Map<URI, WebClient> clients = new ConcurrentHashMap<>();
    private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
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
     * @param waitMillis how long a request waits for a leader
     */
    public ForwardToLeader(Traffic traffic, long waitMillis) {
        this.traffic = traffic;
        this.waitMillis = waitMillis;
        this.factory = ClientFactory.builder().connectTimeout(CONNECT_LIMIT).build();
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
        var unused = change.thenRun(() -> giveUpOnChange(watched));
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        Leadership watched = leadership;
        if (watched == null || !isForTheLeader(context.path())) {
            return delegate.serve(context, request);
        }
        return switch (watched.place()) {
            case Leadership.Place.Here here -> delegate.serve(context, request);
            case Leadership.Place.There there -> elsewhere(context, request, there);
            case Leadership.Place.Nowhere nowhere -> HttpResponse.of(awaitPlace(watched, context)
                    .handle((place, late) -> placed(delegate, context, request, place)));
        };
    }

    private static boolean isForTheLeader(String path) {
        return path.startsWith(GRPC) || path.startsWith(API) && !OWN.contains(path) && !path.startsWith(OWN_BACKUPS)
                && !path.startsWith(OWN_CUT);
    }

    private CompletableFuture<Leadership.Place> awaitPlace(Leadership watched, ServiceRequestContext context) {
        CompletableFuture<Leadership.Place> found = new CompletableFuture<>();
        awaitPlace(watched, found);
        var unused = context.eventLoop().schedule(() -> found.complete(watched.place()), waitMillis,
                TimeUnit.MILLISECONDS);
        return found;
    }

    private static void awaitPlace(Leadership watched, CompletableFuture<Leadership.Place> found) {
        CompletableFuture<Void> change = watched.change();
        if (watched.place() instanceof Leadership.Place.Nowhere) {
            var unused = change.thenRun(() -> awaitPlace(watched, found));
        } else {
            found.complete(watched.place());
        }
    }

    private HttpResponse placed(HttpService delegate, ServiceRequestContext context, HttpRequest request,
            Leadership.@Nullable Place place) {
        try {
            return switch (place) {
                case Leadership.Place.Here here -> delegate.serve(context, request);
                case Leadership.Place.There there -> elsewhere(context, request, there);
                case Leadership.Place.Nowhere nowhere -> noLeader(request, "no node of the group leads");
                case null -> noLeader(request, "no node of the group leads");
            };
        } catch (Exception e) {
            return HttpResponse.ofFailure(e);
        }
    }

    private HttpResponse elsewhere(ServiceRequestContext context, HttpRequest request,
            Leadership.Place.There to) throws Exception {
        if (request.headers().contains(FORWARDED_BY)) {
            return noLeader(request,
                    "node " + request.headers().get(FORWARDED_BY) + " took this node for the leader, but "
                            + to.node() + " leads");
        }
        return traffic.serve((forwarding, counted) -> forward(forwarding, counted, to), context, request);
    }

    private HttpResponse forward(ServiceRequestContext context, HttpRequest request, Leadership.Place.There to) {
        // The leader bounds it, and this node gives up when that leads no more.
        context.clearRequestTimeout();
        HttpResponse response = clients.computeIfAbsent(to.api(), this::client)
                .execute(request.withHeaders(headers(request.headers(), to)));
        Exchange exchange = new Exchange(to, response);
        underWay.add(exchange);
        var unused = response.whenComplete().handle((nothing, failure) -> underWay.remove(exchange));
        Leadership watched = leadership;
        if (watched != null && !watched.place().equals(to)) {
            response.abort(new Deposed());
        }
        return response.recover(failure -> failed(request.headers(), to, failure));
    }

    private WebClient client(URI api) {
        return WebClient.builder(api).factory(factory).responseTimeoutMillis(0).writeTimeoutMillis(0)
                .maxResponseLength(0).build();
    }

    private RequestHeaders headers(RequestHeaders came, Leadership.Place.There to) {
        RequestHeadersBuilder sent = came.toBuilder();
        sent.removeAndThen(HttpHeaderNames.CONNECTION).authority(to.api().getRawAuthority());
        return sent.scheme(to.api().getScheme()).set(FORWARDED_BY, node).build();
    }

    private static HttpResponse failed(RequestHeaders request, Leadership.Place.There to, Throwable failure) {
        AggregatedHttpResponse answer = failure instanceof UnprocessedRequestException
                ? noLeaderAnswer("node " + to.node() + ", which led, cannot be reached")
                : Answers.error(ErrorCode.UNKNOWN_OUTCOME,
                        "node " + to.node() + " led and has not answered: ask again with the same id", null);
        return GrpcRefusal.of(request, answer);
    }

    private static HttpResponse noLeader(HttpRequest request, String why) {
        return GrpcRefusal.of(request.headers(), noLeaderAnswer(why));
    }

    private static AggregatedHttpResponse noLeaderAnswer(String why) {
        return Answers.error(ErrorCode.NO_LEADER, why + ": nothing was done, send it again", null);
    }

    /** Ends its connections to other nodes. */
    public void close() {
        var unused = factory.closeAsync();
    }
}
