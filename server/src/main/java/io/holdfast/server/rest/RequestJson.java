package io.holdfast.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.RequestHeaders;
import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Attributes.Label;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Payload;
import io.holdfast.server.nativeapi.ApiProblem;
import io.holdfast.server.nativeapi.BatchOrder;
import io.holdfast.server.nativeapi.Beginning;
import io.holdfast.server.nativeapi.Beginning.PolicyRequest;
import io.holdfast.server.nativeapi.Bounds;
import io.holdfast.server.nativeapi.NativeApi;
import io.holdfast.server.nativeapi.NewBranch;
import io.holdfast.server.rest.JsonBody.Names;
import io.holdfast.server.trace.Traceparent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The bodies of requests. Their fields are those of the OpenAPI document; a test compares the two. */
final class RequestJson {

    static final String WIRE = "native-http";

    static final Set<String> SAGA = Set.of("gid", "businessKey", "deadlineMillis", "labels", "headers", "policy",
            "order", "branches");
    static final Set<String> BEGIN = Set.of("gid", "businessKey", "mode", "deadlineMillis", "labels", "headers",
            "policy", "order", "branches");
    static final Set<String> POLICY = Set.of("callTimeoutMillis", "retryBaseMillis", "retryCapMillis", "ongoingMillis",
            "retryLimit");
    static final Set<String> BRANCH = Set.of("branchId", "confirm", "cancel", "action", "compensate", "payload",
            "after");
    static final Set<String> REGISTER = Set.of("branches");
    static final Set<String> DECISION = Set.of("decision", "reason", "tryResults");
    static final Set<String> HEARTBEAT = Set.of("gids");
    static final Set<String> OPERATOR = Set.of("reason", "actor", "confirmGid");
    static final Set<String> BATCH = Set.of("filter", "dryRun", "reason", "actor", "confirmCount", "cursor");
    static final Set<String> FILTER = Set.of("states", "mode", "from", "to", "needsAttention", "paused",
            "errorContains", "target");

    private RequestJson() {
    }

    /** @param mode that of the endpoint; null where the body names it */
    static Beginning beginning(byte[] bytes, RequestHeaders headers, @Nullable Mode mode) {
        JsonBody body = JsonBody.parse(bytes, mode == null ? BEGIN : SAGA);
        Mode given = mode != null ? mode : body.oneOf("mode", Mode.class, true);
        Mode decided = given == null ? Mode.TCC : given;
        Order order = body.oneOf("order", Order.class, true);
        if (order != null && decided == Mode.TCC) {
            throw ApiProblem.field("order", "given", "only of a Saga");
        }
        Traceparent trace = Traceparent.of(headers.get(Traceparent.HEADER), headers.get(Traceparent.TRACE_ID_HEADER));
        return new Beginning(WIRE, optional(body, "gid"), optional(body, "businessKey"), decided,
                body.number("deadlineMillis", 0, Bounds.MAX_DEADLINE_MILLIS), labels(body), headers(body),
                policy(body), order == Order.GRAPH, branches(body, decided), trace.header());
    }

    /** How the actions of a Saga follow each other. */
    private enum Order {
        SEQUENTIAL, GRAPH
    }

    /** A text that may be left out, but not be empty: that would look like a value and be none. */
    private static String optional(JsonBody body, String name) {
        String text = body.text(name);
        if (text.isEmpty() && body.has(name)) {
            throw ApiProblem.field(name, "the empty string", "at least one character, or no such field");
        }
        return text;
    }

    private static List<Label> labels(JsonBody body) {
        List<Label> labels = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : body.entries("labels")) {
            labels.add(new Label(entry.getKey(), body.textOf("labels", entry)));
        }
        return labels;
    }

    private static List<Header> headers(JsonBody body) {
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : body.entries("headers")) {
            headers.add(new Header(entry.getKey(), body.textOf("headers", entry)));
        }
        return headers;
    }

    private static PolicyRequest policy(JsonBody body) {
        JsonBody policy = body.object("policy", POLICY);
        int any = Integer.MAX_VALUE;
        return policy == null
                ? PolicyRequest.DEFAULT
                : new PolicyRequest(policy.integer("callTimeoutMillis", 0, any),
                        policy.integer("retryBaseMillis", 0, any), policy.integer("retryCapMillis", 0, any),
                        policy.integer("ongoingMillis", 0, any), policy.integer("retryLimit", 0, any));
    }

    static List<NewBranch> register(byte[] bytes) {
        return branches(JsonBody.parse(bytes, REGISTER), Mode.TCC);
    }

    private static List<NewBranch> branches(JsonBody body, Mode mode) {
        List<NewBranch> branches = new ArrayList<>();
        for (JsonBody branch : body.objects("branches", BRANCH)) {
            boolean tcc = mode == Mode.TCC;
            for (String foreign : tcc ? List.of("action", "compensate") : List.of("confirm", "cancel")) {
                if (branch.has(foreign)) {
                    throw ApiProblem.field(foreign + " of branch " + ApiProblem.shown(branch.text("branchId")),
                            "given", tcc ? "confirm and cancel, in a TCC" : "action and compensate, in a Saga");
                }
            }
            branches.add(new NewBranch(branch.text("branchId"), branch.text(tcc ? "confirm" : "action"),
                    branch.text(tcc ? "cancel" : "compensate"), Payload.of(branch.bytes("payload")),
                    branch.texts("after")));
        }
        return branches;
    }

    /** A decision, with what belongs to it. */
    record DecisionRequest(Decision decision, String reason, List<Command.TryResult> tryResults) {}

    static DecisionRequest decision(byte[] bytes) {
        JsonBody body = JsonBody.parse(bytes, DECISION);
        Decision decision = body.oneOf("decision", Decision.class, true);
        if (decision == null) {
            throw ApiProblem.field("decision", "missing", "confirm, cancel");
        }
        List<Command.TryResult> results = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : body.entries("tryResults")) {
            results.add(new Command.TryResult(entry.getKey(),
                    Payload.of(JsonBody.bytes("tryResults." + ApiProblem.shown(entry.getKey()), entry.getValue()))));
        }
        return new DecisionRequest(decision, body.text("reason"), results);
    }

    static List<String> heartbeat(byte[] bytes) {
        return JsonBody.parse(bytes, HEARTBEAT).texts("gids");
    }

    /** An order about one transaction. */
    record OperatorRequest(NativeApi.Order order, String confirmGid) {}

    static OperatorRequest operator(byte[] bytes, OperatorAction action) {
        // Most orders need to say nothing.
        JsonBody body = JsonBody.parse(bytes.length == 0 ? new byte[]{'{', '}'} : bytes, OPERATOR);
        return new OperatorRequest(new NativeApi.Order(action, body.text("actor"), body.text("reason")),
                body.text("confirmGid"));
    }

    static BatchOrder batch(byte[] bytes, OperatorAction action) {
        JsonBody body = JsonBody.parse(bytes, BATCH);
        Boolean dryRun = body.flag("dryRun");
        JsonBody filter = body.object("filter", FILTER);
        if (dryRun == null || filter == null) {
            throw ApiProblem.field(dryRun == null ? "dryRun" : "filter", "missing",
                    dryRun == null ? "true or false" : "an object with at least one condition");
        }
        Integer confirmCount = body.integer("confirmCount", 0, Bounds.MAX_AT_ONCE);
        // A dry run of a settle needs no reason yet.
        String reason = body.text("reason");
        boolean asksOnly = dryRun && action == OperatorAction.SETTLE && reason.isBlank();
        return new BatchOrder(new NativeApi.Order(action, body.text("actor"), asksOnly ? "dry run" : reason),
                filter(filter), dryRun, confirmCount, body.text("cursor"));
    }

    private static BatchOrder.Filter filter(JsonBody filter) {
        List<State> states = new ArrayList<>();
        for (String state : filter.texts("states")) {
            states.add(Names.parse("filter.states", state, State.class, false));
        }
        return new BatchOrder.Filter(states, filter.oneOf("mode", Mode.class, true),
                Times.parse("filter.from", filter.text("from")), Times.parse("filter.to", filter.text("to")),
                filter.flag("needsAttention"), filter.flag("paused"), filter.text("errorContains"),
                filter.text("target"));
    }

    static OperatorAction action(String text) {
        return Names.parse("action", text, OperatorAction.class, true);
    }
}
