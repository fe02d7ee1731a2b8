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
import java.util.concurrent.CompletableFuture;

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

    private final OrderDesk desk;
    private final Catalogue catalogue;
    private final FaultCounts counts;

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
                .build((context, request) -> HttpResponse
                        .of(request.aggregate().thenCompose(body -> place(body.content().array()))))
                .route().get("/orders/by-request/{id}")
                .build((context, request) -> HttpResponse.of(lookUp(String.valueOf(context.pathParam("id")))))
                .build();
        server.start().join();
        return server;
    }

    private CompletableFuture<HttpResponse> place(byte[] body) {
        OrderRequest request;
        try {
            request = OrderRequest.fromJson(body);
        } catch (IOException | IllegalArgumentException e) {
            return done(error(HttpStatus.BAD_REQUEST, "invalid", String.valueOf(e.getMessage())));
        }
        if (!catalogue.hasSku(request.skuId())) {
            return done(error(HttpStatus.BAD_REQUEST, "invalid", "skuId=" + request.skuId() + " is not on sale"));
        }
        return desk.place(request).map(outcome -> outcome.thenApply(known -> placed(request.requestId(), known)))
                .orElseGet(() -> done(error(HttpStatus.SERVICE_UNAVAILABLE, "overloaded",
                        desk.roomSize() + " orders are under way; nothing was done")));
    }

    private static HttpResponse placed(String requestId, Outcome outcome) {
        return reply(requestId, outcome, switch (outcome.told()) {
            case CONFIRMED -> HttpStatus.OK;
            case REJECTED -> HttpStatus.CONFLICT;
            // Not 503, which says that nothing was done.
            case UNKNOWN -> HttpStatus.GATEWAY_TIMEOUT;
        });
    }

    private CompletableFuture<HttpResponse> lookUp(String requestId) {
        try {
            OrderRequest.requireRequestId(requestId);
        } catch (IllegalArgumentException e) {
            return done(error(HttpStatus.BAD_REQUEST, "invalid", String.valueOf(e.getMessage())));
        }
        return desk.lookUp(requestId).thenApply(outcome -> outcome.map(known -> found(requestId, known))
                .orElseGet(() -> error(HttpStatus.NOT_FOUND, "not_found",
                        "requestId=" + requestId + " has never become an order")));
    }

    private static HttpResponse found(String requestId, Outcome outcome) {
        return reply(requestId, outcome,
                outcome.told() == Outcome.Told.UNKNOWN ? HttpStatus.ACCEPTED : HttpStatus.OK);
    }

    private static CompletableFuture<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
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
