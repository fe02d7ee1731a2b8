package io.holdfast.examples.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** The native interface of the stand-in: begin, decide, look, wait and count, as far as the demo needs them. */
final class StandInNative implements HttpService {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String PREFIX = "/api/v1/transactions";
    private static final int POLL_MILLIS = 10;

    private final StandInCoordinator coordinator;
    private final ExecutorService workers;

    StandInNative(StandInCoordinator coordinator, ExecutorService workers) {
        this.coordinator = coordinator;
        this.workers = workers;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        String[] path = context.path().substring(PREFIX.length()).split("/", -1);
        return HttpResponse.of(request.aggregate().thenApplyAsync(body -> {
            try {
                return handle(context, path, body.contentUtf8());
            } catch (JsonProcessingException | InterruptedException e) {
                return HttpResponse.of(HttpStatus.INTERNAL_SERVER_ERROR);
            }
        }, workers));
    }

    private HttpResponse handle(ServiceRequestContext context, String[] path, String body)
            throws JsonProcessingException, InterruptedException {
        String gid = path.length > 1 ? path[1] : "";
        if (gid.isEmpty()) {
            return context.method() == HttpMethod.POST ? begin(JSON.readTree(body)) : list();
        }
        if (path.length > 2 && path[2].equals("decision")) {
            JsonNode decision = JSON.readTree(body);
            return answer(gid, coordinator.handle(
                    decision.path("decision").asText().equals("confirm") ? "submit" : "abort",
                    JSON.createObjectNode().put("gid", gid).put("trans_type", "tcc")
                            .put("rollback_reason", decision.path("reason").asText()).toString()));
        }
        if (path.length > 2 && path[2].equals("wait")) {
            awaitEnd(gid, Long.parseLong(String.valueOf(context.queryParam("timeoutMillis"))));
        }
        return show(gid, HttpStatus.OK);
    }

    private HttpResponse begin(JsonNode request) {
        String gid = request.path("gid").asText();
        if (coordinator.find(gid) != null) {
            return show(gid, HttpStatus.OK);
        }
        ObjectNode transaction = JSON.createObjectNode().put("gid", gid).put("trans_type", "tcc")
                .put("timeout_to_fail", TimeUnit.MILLISECONDS.toSeconds(request.path("deadlineMillis").asLong()));
        ObjectNode branches = transaction.putObject("branches");
        request.path("branches").forEach(branch -> branches.putObject(branch.path("branchId").asText())
                .put("branch_id", branch.path("branchId").asText()).put("confirm", branch.path("confirm").asText())
                .put("cancel", branch.path("cancel").asText()).put("data", branch.path("payload").toString()));
        return answer(gid, coordinator.handle("prepare", transaction.toString()));
    }

    private HttpResponse list() {
        ObjectNode page = JSON.createObjectNode();
        for (int i = 0; i < coordinator.unfinishedCount(); i++) {
            page.withArray("transactions").addObject();
        }
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, page.toString());
    }

    /** The state after what was asked for; 409 with the state if that stood in the way. */
    private HttpResponse answer(String gid, HttpResponse done) {
        HttpStatus status = done.aggregate().join().status();
        return show(gid, status);
    }

    private HttpResponse show(String gid, HttpStatus status) {
        ObjectNode transaction = coordinator.find(gid);
        if (transaction == null) {
            return HttpResponse.of(HttpStatus.NOT_FOUND);
        }
        String state = state(transaction);
        ObjectNode seen = JSON.createObjectNode().put("gid", gid).put("state", state)
                .put("reason", transaction.path("rollback_reason").asText(""))
                .put("finished", state.equals("CONFIRMED") || state.equals("CANCELLED"));
        ObjectNode body = status.equals(HttpStatus.CONFLICT)
                ? JSON.createObjectNode().put("code", "decision_conflict").set("transaction", seen)
                : seen;
        return HttpResponse.of(status, MediaType.JSON_UTF_8, body.toString());
    }

    private void awaitEnd(String gid, long millis) throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        ObjectNode transaction = coordinator.find(gid);
        while (transaction != null && !state(transaction).equals("CONFIRMED") && !state(transaction).equals("CANCELLED")
                && System.nanoTime() - giveUpAtNanos < 0) {
            Thread.sleep(POLL_MILLIS);
            transaction = coordinator.find(gid);
        }
    }

    private static String state(ObjectNode transaction) {
        boolean isTcc = transaction.path("trans_type").asText().equals("tcc");
        return switch (transaction.path("status").asText()) {
            case "prepared" -> "TRYING";
            case "submitted" -> isTcc ? "CONFIRMING" : "RUNNING";
            case "aborting" -> isTcc ? "CANCELLING" : "COMPENSATING";
            case "succeed" -> "CONFIRMED";
            default -> "CANCELLED";
        };
    }
}
