package io.holdfast.server.nativeapi;

import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Attributes.Label;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.SagaOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to begin, as a caller means it.
 *
 * @param wire           the interface it came by
 * @param gid            empty for one that the server issues
 * @param businessKey    empty for none
 * @param deadlineMillis null for the default
 * @param graph          Saga: whether {@link NewBranch#after} says what waits for what
 * @param traceparent    empty for none
 */
public record Beginning(String wire, String gid, String businessKey, Mode mode, @Nullable Long deadlineMillis,
        List<Label> labels, List<Header> headers, PolicyRequest policy, boolean graph, List<NewBranch> branches,
        String traceparent) {

    /**
     * The command for it.
     *
     * @param newGid      used if the request names none
     * @param maxBranches bound on the branches
     * @throws ApiProblem if something is out of its bounds
     */
    Command.Begin command(String newGid, int maxBranches) {
        String id = gid.isEmpty() ? newGid : Bounds.newId("gid", gid);
        Attributes attributes = new Attributes(wire, traceparent, Bounds.businessKey(businessKey), "",
                Bounds.headers(headers), false, Bounds.labels(labels));
        Bounds.count("branches", branches.size(), maxBranches);
        if (mode == Mode.SAGA && branches.isEmpty()) {
            throw ApiProblem.field("branches", "empty", "at least one branch of a Saga, which cannot get more later");
        }
        return new Command.Begin(id, mode, deadline(), policy.policy(mode), order(), attributes,
                NewBranch.specs(branches));
    }

    private long deadline() {
        if (deadlineMillis == null) {
            return Bounds.DEFAULT_DEADLINE_MILLIS;
        }
        // A TCC without one would hold for ever what a caller that died has tried.
        return Bounds.number("deadlineMillis", deadlineMillis, mode == Mode.TCC ? 1 : 0, Bounds.MAX_DEADLINE_MILLIS);
    }

    private SagaOrder order() {
        if (!graph) {
            for (NewBranch branch : branches) {
                if (!branch.after().isEmpty()) {
                    throw ApiProblem.field("after of branch " + branch.branchId(), "given",
                            "only in a Saga of the order graph");
                }
            }
            return SagaOrder.SEQUENTIAL;
        }
        if (mode != Mode.SAGA) {
            throw ApiProblem.field("order", "graph", "only of a Saga");
        }
        Map<String, Integer> indexes = new HashMap<>();
        branches.forEach(branch -> indexes.put(branch.branchId(), indexes.size()));
        List<List<Integer>> predecessors = new ArrayList<>(branches.size());
        for (NewBranch branch : branches) {
            predecessors.add(branch.after().stream().map(earlier -> index(indexes, branch, earlier)).toList());
        }
        SagaOrder order = new SagaOrder(true, predecessors);
        String problem = order.problem(branches.size());
        if (!problem.isEmpty()) {
            throw ApiProblem.field("after", "a cycle, so that these actions would wait for ever", "no cycle");
        }
        return order;
    }

    private static int index(Map<String, Integer> indexes, NewBranch branch, String earlier) {
        Integer index = indexes.get(earlier);
        if (index == null) {
            throw ApiProblem.field("after of branch " + branch.branchId(), ApiProblem.shown(earlier),
                    "ids of branches of the same request");
        }
        return index;
    }

    /** How participants are called; null for the default. */
    public record PolicyRequest(@Nullable Integer callTimeoutMillis, @Nullable Integer retryBaseMillis,
            @Nullable Integer retryCapMillis, @Nullable Integer ongoingMillis, @Nullable Integer retryLimit) {

        public static final PolicyRequest DEFAULT = new PolicyRequest(null, null, null, null, null);

        CallPolicy policy(Mode mode) {
            CallPolicy defaults = CallPolicy.NATIVE;
            int base = within("retryBaseMillis", retryBaseMillis, defaults.retryBaseMillis(), 1,
                    Bounds.MAX_RETRY_MILLIS);
            int cap = within("retryCapMillis", retryCapMillis, Math.max(base, defaults.retryCapMillis()), base,
                    Bounds.MAX_RETRY_MILLIS);
            int limit = within("retryLimit", retryLimit, defaults.retryLimit(), 0,
                    mode == Mode.SAGA ? Bounds.MAX_RETRY_LIMIT : 0);
            return new CallPolicy(
                    within("callTimeoutMillis", callTimeoutMillis, defaults.requestTimeoutMillis(), 1,
                            Bounds.MAX_CALL_TIMEOUT_MILLIS),
                    base, cap, within("ongoingMillis", ongoingMillis, defaults.ongoingMillis(), 1,
                            Bounds.MAX_RETRY_MILLIS),
                    limit);
        }

        private static int within(String name, @Nullable Integer value, int defaultValue, int least, int most) {
            return value == null ? defaultValue : (int) Bounds.number("policy." + name, value, least, most);
        }
    }
}
