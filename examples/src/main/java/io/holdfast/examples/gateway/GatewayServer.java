package io.holdfast.examples.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.market.Catalogue;
import io.holdfast.examples.participant.Replies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The gateway's interface.
 *
 * <pre>
 * POST /orders                    an {@link OrderRequest}; may be sent again as often as one likes
 * GET  /orders/by-request/{id}    what became of it
 * </pre>
 *
 * Both answer {@code {"requestId","gid","outcome","reason"}}: 200 and {@code CONFIRMED}; 409 and {@code REJECTED} to the POST,
 * 200 to the GET; 504 and {@code UNKNOWN} to the POST, 202 to the GET, if nobody knows yet. The GET answers 404 if the
 * request has never become anything; the POST 503 if there is no room and nothing was done, and 400 to what is no order.
 */
final class GatewayServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(100);

    private interface Work {
        HttpResponse run() throws InterruptedException, IOException;
    }

    private final OrderDesk desk;
    private final Catalogue catalogue;
    private final FaultCounts counts;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

    GatewayServer(OrderDesk desk, Catalogue catalogue, FaultCounts counts) {
        this.desk = desk;
        this.catalogue = catalogue;
        this.counts = counts;
    }

    /** Starts to listen on the loopback interface; 0 takes any free port. */
    Server start(int port) {
        Server server = Server.builder().http(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .requestTimeout(LONGEST_REQUEST).disableServerHeader().disableDateHeader()
                .service("/faults", (context, request) -> HttpResponse.of(MediaType.JSON_UTF_8, Replies.json(counts)))
                .route().post("/orders")
                .build((context, request) -> HttpResponse.of(request.aggregate().thenApplyAsync(
                        body -> handle(() -> place(OrderRequest.fromJson(body.content().array()))), workers)))
                .route().get("/orders/by-request/{id}")
                .build((context, request) -> HttpResponse.of(CompletableFuture.supplyAsync(
                        () -> handle(() -> lookUp(String.valueOf(context.pathParam("id")))), workers)))
                .build();
        server.start().join();
        return server;
    }

    private HttpResponse place(OrderRequest request) throws InterruptedException {
        if (!catalogue.hasSku(request.skuId())) {
            return error(HttpStatus.BAD_REQUEST, "invalid", "skuId=" + request.skuId() + " is not on sale");
        }
        Optional<Outcome> outcome = desk.place(request);
        if (outcome.isEmpty()) {
            return error(HttpStatus.SERVICE_UNAVAILABLE, "overloaded",
                    OrderDesk.MOST_UNDER_WAY + " orders are under way; nothing was done");
        }
        return reply(request.requestId(), outcome.get(), switch (outcome.get().told()) {
            case CONFIRMED -> HttpStatus.OK;
            case REJECTED -> HttpStatus.CONFLICT;
            case UNKNOWN -> HttpStatus.GATEWAY_TIMEOUT;
        });
    }

    private HttpResponse lookUp(String requestId) throws InterruptedException {
        OrderRequest.requireRequestId(requestId);
        Optional<Outcome> outcome = desk.lookUp(requestId);
        if (outcome.isEmpty()) {
            return error(HttpStatus.NOT_FOUND, "not_found", "requestId=" + requestId + " has never become an order");
        }
        return reply(requestId, outcome.get(),
                outcome.get().told() == Outcome.Told.UNKNOWN ? HttpStatus.ACCEPTED : HttpStatus.OK);
    }

    private static HttpResponse handle(Work work) {
        try {
            return work.run();
        } catch (IOException | IllegalArgumentException e) {
            return error(HttpStatus.BAD_REQUEST, "invalid", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // Not 503, which says that nothing was done.
            return error(HttpStatus.GATEWAY_TIMEOUT, "draining",
                    "the gateway is going down; ask what became of the order");
        }
    }

    private static HttpResponse reply(String requestId, Outcome outcome, HttpStatus status) {
        ObjectNode body = JSON.createObjectNode().put("requestId", requestId).put("gid", OrderDesk.gidOf(requestId))
                .put("outcome", outcome.told().name()).put("reason", outcome.reason());
        return HttpResponse.of(status, MediaType.JSON_UTF_8, body.toString());
    }

    private static HttpResponse error(HttpStatus status, String code, String message) {
        return HttpResponse.of(status, MediaType.JSON_UTF_8,
                JSON.createObjectNode().put("code", code).put("message", message).toString());
    }
}
