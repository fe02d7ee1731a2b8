package io.holdfast.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Attributes.Label;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.rpc.v1.BeginRequest;
import io.holdfast.rpc.v1.Branch;
import io.holdfast.rpc.v1.CallPolicy;
import io.holdfast.rpc.v1.DecideRequest;
import io.holdfast.rpc.v1.ListRequest;
import io.holdfast.rpc.v1.OperateAllRequest;
import io.holdfast.rpc.v1.OperatorFilter;
import io.holdfast.rpc.v1.TryResult;
import io.holdfast.server.nativeapi.ApiProblem;
import io.holdfast.server.nativeapi.BatchOrder;
import io.holdfast.server.nativeapi.Beginning;
import io.holdfast.server.nativeapi.Beginning.PolicyRequest;
import io.holdfast.server.nativeapi.Bounds;
import io.holdfast.server.nativeapi.NativeApi;
import io.holdfast.server.nativeapi.NewBranch;
import io.holdfast.server.trace.Traceparent;
import java.util.ArrayList;
import java.util.List;

/**
 * From messages to what they ask for. A field that this build does not know is refused: what it was meant to bound or to change
 * must not be passed over in silence.
 */
final class ProtoRequests {

    static final String WIRE = "native-grpc";

    private ProtoRequests() {
    }

    static <M extends Message> M known(M message) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw new ApiProblem(ErrorCode.INVALID, "unknown field " + message.getUnknownFields().asMap().keySet()
                    + " in " + message.getDescriptorForType().getName() + ": a newer client than this server?", null,
                    null);
        }
        return message;
    }

    static Beginning beginning(BeginRequest from, String traceparent) {
        known(from);
        List<Label> labels = new ArrayList<>();
        from.getLabelsMap().forEach((name, value) -> labels.add(new Label(name, value)));
        List<Header> headers = new ArrayList<>();
        from.getHeadersMap().forEach((name, value) -> headers.add(new Header(name, value)));
        return new Beginning(WIRE, from.getGid(), from.getBusinessKey(), ProtoNames.mode(from.getMode()),
                from.hasDeadlineMillis() ? from.getDeadlineMillis() : null, labels, headers,
                from.hasPolicy() ? policy(from.getPolicy()) : PolicyRequest.DEFAULT, from.getGraph(),
                branches(from.getBranchesList()), trace(from.getTraceparent(), traceparent));
    }

    /** That of the request, if it has one that is well-formed. */
    private static String trace(String own, String ofTheCall) {
        return Traceparent.parse(own) == null ? ofTheCall : own;
    }

    private static PolicyRequest policy(CallPolicy from) {
        known(from);
        return new PolicyRequest(from.hasCallTimeoutMillis() ? from.getCallTimeoutMillis() : null,
                from.hasRetryBaseMillis() ? from.getRetryBaseMillis() : null,
                from.hasRetryCapMillis() ? from.getRetryCapMillis() : null,
                from.hasOngoingMillis() ? from.getOngoingMillis() : null,
                from.hasRetryLimit() ? from.getRetryLimit() : null);
    }

    static List<NewBranch> branches(List<Branch> from) {
        List<NewBranch> branches = new ArrayList<>(from.size());
        for (Branch branch : from) {
            known(branch);
            branches.add(new NewBranch(branch.getBranchId(), branch.getForwardUrl(), branch.getBackwardUrl(),
                    payload(branch.getPayload()), List.copyOf(branch.getAfterList())));
        }
        return branches;
    }

    private static Payload payload(ByteString bytes) {
        return Payload.of(bytes.toByteArray());
    }

    static List<Command.TryResult> tryResults(DecideRequest from) {
        List<Command.TryResult> results = new ArrayList<>(from.getTryResultsCount());
        for (TryResult result : from.getTryResultsList()) {
            known(result);
            results.add(new Command.TryResult(result.getBranchId(), payload(result.getResult())));
        }
        return results;
    }

    static ListQuery query(ListRequest from) {
        known(from);
        Bounds.text("cursor", from.getCursor(), 0, 64);
        return new ListQuery(from.getStatesList().stream().map(ProtoNames::state).toList(),
                ProtoNames.anyMode(from.getMode()), from.getBusinessKey(),
                Bounds.number("fromUnixMillis", from.getFromUnixMillis(), 0, Long.MAX_VALUE),
                Bounds.number("toUnixMillis", from.getToUnixMillis(), 0, Long.MAX_VALUE),
                from.hasNeedsAttention() ? from.getNeedsAttention() : null, from.hasPaused() ? from.getPaused() : null,
                from.getCursor(), from.getLimit() == 0 ? Bounds.DEFAULT_PAGE : from.getLimit());
    }

    static BatchOrder batch(OperateAllRequest from) {
        known(from);
        if (!from.hasDryRun()) {
            throw ApiProblem.field("dryRun", "missing", "true or false");
        }
        OperatorFilter filter = known(from.getFilter());
        var action = ProtoNames.action(from.getAction());
        // A dry run of a settle needs no reason yet.
        boolean asksOnly = from.getDryRun() && action == Command.OperatorAction.SETTLE && from.getReason().isBlank();
        return new BatchOrder(
                new NativeApi.Order(action, from.getActor(), asksOnly ? "dry run" : from.getReason()),
                new BatchOrder.Filter(filter.getStatesList().stream().map(ProtoNames::state).toList(),
                        ProtoNames.anyMode(filter.getMode()), filter.getFromUnixMillis(), filter.getToUnixMillis(),
                        filter.hasNeedsAttention() ? filter.getNeedsAttention() : null,
                        filter.hasPaused() ? filter.getPaused() : null, filter.getErrorContains(), filter.getTarget()),
                from.getDryRun(), from.hasConfirmCount() ? from.getConfirmCount() : null, from.getCursor());
    }
}
