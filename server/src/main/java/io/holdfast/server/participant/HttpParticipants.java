package io.holdfast.server.participant;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.RequestOptions;
import com.linecorp.armeria.client.ResponseTimeoutMode;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.SessionProtocol;
import io.holdfast.api.Operation;
import io.holdfast.engine.Participants;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls participants over HTTP/1.1 or gRPC, as their addresses say, with connections kept alive.
 * <p>
 * Nothing a participant does can take more than its time-out and {@link #MAX_RESPONSE_BYTES}: redirects are not followed,
 * bodies are cut off, and a timer of its own ends a call whatever the HTTP client does. Thread-safe.
 */
public final class HttpParticipants implements Participants, AutoCloseable {

    /** A participant sets it to {@code true} on a success that an earlier call had brought about. */
    public static final String ALREADY_DONE_HEADER = "holdfast-already-done";

    /** Answers are a word or a short error; a whole page is no answer. */
    public static final int MAX_RESPONSE_BYTES = 64 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(HttpParticipants.class);
    /** What the HTTP client's own timer gets before ours ends the call. */
    private static final int GRACE_MILLIS = 250;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Shorter than the usual 60 s of servers and proxies, so that we are the ones to close an idle connection. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_RESPONSE_HEADER_BYTES = 32 << 10;
    /** Clients are cheap to make and hold no connection; the bound keeps a stream of invented names from filling the heap. */
    private static final int MAX_CLIENTS = 4_096;

    private final AddressGuard guard;
    private final MeterRegistry meters;
    private final ClientFactory factory;
    /** Only for what the client's own time-outs miss. A wheel, because nearly every one of these is cancelled soon. */
    private final HashedWheelTimer deadlines = new HashedWheelTimer(
            Thread.ofPlatform().name("participant-deadlines").daemon().factory());
    private final ConcurrentHashMap<Target, WebClient> clients = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Outcome, Timer> timers = new ConcurrentHashMap<>();

    /**
     * @param guard  decides which addresses may be called; stays the caller's to close
     * @param meters where calls are counted and timed
     */
    public HttpParticipants(AddressGuard guard, MeterRegistry meters) {
        this.guard = guard;
        this.meters = meters;
        this.factory = ClientFactory.builder().meterRegistry(meters).connectTimeout(CONNECT_TIMEOUT)
                .idleTimeout(IDLE_TIMEOUT)
                .http1MaxHeaderSize(MAX_RESPONSE_HEADER_BYTES).http2MaxHeaderListSize(MAX_RESPONSE_HEADER_BYTES)
                .useHttp2Preface(true).build();
    }

    @Override
    public void call(Call call, Consumer<Result> whenDone) {
        long startNanos = System.nanoTime();
        CompletableFuture<Result> result = new CompletableFuture<>();
        Timeout atLatest = deadlines.newTimeout(
                due -> result.complete(
                        new Result.Unknown(Trouble.TIMED_OUT, "no answer within " + call.timeoutMillis() + " ms")),
                (long) call.timeoutMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
        CompletableFuture<Void> unused = result.thenAccept(outcome -> {
            atLatest.cancel();
            report(call, outcome, startNanos, whenDone);
        });
        try {
            ParticipantUrl url = ParticipantUrl.parse(call.url());
            CompletableFuture<Void> unusedToo = guard.resolve(url)
                    .thenAccept(address -> send(call, url, address, startNanos, result)).exceptionally(failure -> {
                        result.complete(CallFailure.of(failure));
                        return null;
                    });
        } catch (AddressRejected | RuntimeException e) {
            result.complete(CallFailure.of(e));
        }
    }

    private void send(Call call, ParticipantUrl url, InetAddress address, long startNanos,
            CompletableFuture<Result> result) {
        long leftMillis = call.timeoutMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        if (leftMillis <= 0 || result.isDone()) {
            result.complete(new Result.Unknown(Trouble.NOT_CONNECTED, "resolving " + url.host() + " took too long"));
            return;
        }
        RequestOptions options = RequestOptions.builder().responseTimeoutMillis(leftMillis)
                .responseTimeoutMode(ResponseTimeoutMode.FROM_START).build();
        HttpResponse response = client(url, address).execute(
                url.grpc() ? GrpcExchange.request(call, url, leftMillis) : CallRequest.of(call, url), options);
        CompletableFuture<Void> unused = response.aggregate().handle((answer, failure) -> {
            result.complete(failure != null
                    ? CallFailure.of(failure)
                    : url.grpc() ? GrpcExchange.interpret(answer) : interpret(answer));
            return null;
        });
        CompletableFuture<Void> unusedToo = result.thenRun(response::abort);
    }

    /** A body that was encoded unasked may say anything, also FAILURE: a success it is not. */
    private static Result interpret(AggregatedHttpResponse answer) {
        String encoding = answer.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (answer.status().equals(HttpStatus.OK) && !encoding.equalsIgnoreCase("identity")) {
            return new Result.Unknown(Trouble.UNEXPECTED_ANSWER, CleanText.of("status 200, but encoded as " + encoding
                    + ", which was not asked for", Interpretation.MAX_DETAIL_CHARS));
        }
        return Interpretation.of(answer.status().code(), answer.content(StandardCharsets.UTF_8),
                "true".equalsIgnoreCase(answer.headers().get(ALREADY_DONE_HEADER)));
    }

    private WebClient client(ParticipantUrl url, InetAddress address) {
        if (clients.size() >= MAX_CLIENTS) {
            clients.clear();
        }
        return clients.computeIfAbsent(new Target(url.grpc(), url.tls(), url.host(), url.port(), address),
                this::newClient);
    }

    private WebClient newClient(Target target) {
        Endpoint endpoint = Endpoint.of(target.host(), target.port());
        if (!endpoint.hasIpAddr()) {
            endpoint = endpoint.withInetAddress(target.address());
        }
        // h1 says HTTP/1.1 at once: no upgrade, no HTTP/2 preface that an old server would answer with 400. h2 is for gRPC.
        SessionProtocol protocol = target.grpc()
                ? target.tls() ? SessionProtocol.H2 : SessionProtocol.H2C
                : target.tls() ? SessionProtocol.H1 : SessionProtocol.H1C;
        return WebClient.builder(protocol, endpoint).factory(factory)
                .maxResponseLength(MAX_RESPONSE_BYTES).build();
    }

    private void report(Call call, Result result, long startNanos, Consumer<Result> whenDone) {
        try {
            timer(call, result).record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
            whenDone.accept(result);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("gid", call.gid()).setCause(e).log("could not report the end of a call");
        }
    }

    private Timer timer(Call call, Result result) {
        String name = switch (result) {
            case Result.Success success -> "success";
            case Result.Failure failure -> "failure";
            case Result.Ongoing ongoing -> "ongoing";
            case Result.HandedBack nothing -> "handed_back";
            case Result.Unknown unknown -> unknown.trouble().name().toLowerCase(Locale.ROOT);
        };
        return timers.computeIfAbsent(new Outcome(call.operation(), name),
                key -> Timer.builder("holdfast.participant.call").description("Calls to participants")
                        .tag("op", key.operation().wireName()).tag("result", key.result())
                        .serviceLevelObjectives(LATENCY_BOUNDS).register(meters));
    }

    private static final Duration[] LATENCY_BOUNDS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(20),
            Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(30)};

    /** Closes all connections; calls under way end as unknown. */
    @Override
    public void close() {
        factory.close();
        deadlines.stop();
    }

    private record Target(boolean grpc, boolean tls, String host, int port, InetAddress address) {}

    private record Outcome(Operation operation, String result) {}
}
