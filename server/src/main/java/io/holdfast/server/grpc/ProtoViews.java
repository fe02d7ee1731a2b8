package io.holdfast.server.grpc;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.rpc.v1.AuditLine;
import io.holdfast.rpc.v1.BranchView;
import io.holdfast.rpc.v1.CallView;
import io.holdfast.rpc.v1.OperateAllReply;
import io.holdfast.rpc.v1.OperatorRefusal;
import io.holdfast.rpc.v1.Transaction;
import io.holdfast.rpc.v1.TransactionStatus;
import io.holdfast.rpc.v1.TransactionSummary;
import io.holdfast.server.nativeapi.BatchOrder;
import io.holdfast.server.nativeapi.Decisions;
import io.holdfast.server.nativeapi.Diagnosis;
import io.holdfast.server.nativeapi.Secrets;
import org.jspecify.annotations.Nullable;

/** Transactions as messages. */
final class ProtoViews {

    private ProtoViews() {
    }

    static TransactionStatus status(io.holdfast.core.Transaction from, boolean changed) {
        return TransactionStatus.newBuilder().setGid(from.gid())
                .setBusinessKey(from.terms().attributes().businessKey()).setMode(ProtoNames.mode(from.mode()))
                .setState(ProtoNames.state(from.state())).setDecision(ProtoNames.decision(Decisions.of(from)))
                .setReason(from.reason()).setFinished(from.state().isFinished()).setChanged(changed).build();
    }

    static TransactionSummary summary(io.holdfast.core.Transaction from) {
        Terms terms = from.terms();
        TransactionSummary.Builder to = TransactionSummary.newBuilder().setGid(from.gid())
                .setBusinessKey(terms.attributes().businessKey()).setMode(ProtoNames.mode(from.mode()))
                .setState(ProtoNames.state(from.state())).setDecision(ProtoNames.decision(Decisions.of(from)))
                .setReason(from.reason()).setFinished(from.state().isFinished()).setWire(terms.attributes().wire())
                .setCreatedUnixMillis(terms.createdWallMillis()).setUpdatedUnixMillis(from.updatedWallMillis())
                .setDecidedUnixMillis(from.decidedWallMillis()).setFinishedUnixMillis(from.finishedWallMillis())
                .setNeedsAttention(from.needsAttention()).setAttentionReason(from.attention())
                .setPaused(from.isPaused()).setPausedReason(from.paused()).setBranches(from.branches().size())
                .setBranchesDone(Diagnosis.branchesDone(from));
        from.branches().stream().map(Branch::lastError).filter(error -> !error.isEmpty()).findFirst()
                .ifPresent(to::setLastError);
        Diagnosis diagnosis = Diagnosis.ofDurable(from);
        to.setStateText(diagnosis.stateText()).setTarget(diagnosis.owedTarget());
        terms.attributes().labels().forEach(label -> to.putLabels(label.name(), label.value()));
        return to.build();
    }

    static Transaction view(TransactionView view) {
        io.holdfast.core.Transaction from = view.transaction();
        Diagnosis diagnosis = new Diagnosis(view);
        Transaction.Builder to = Transaction.newBuilder().setSummary(summary(from))
                .setStateText(diagnosis.stateText()).setTraceparent(from.terms().attributes().traceparent())
                .setDeadlineMillis(from.terms().deadlineMillis()).setWhyStuck(diagnosis.whyStuck())
                .setIfNothingIsDone(diagnosis.ifNothingIsDone()).addAllHeld(diagnosis.held())
                .setPolicy(policy(from.terms().policy())).setGraph(from.terms().order().concurrent());
        if (diagnosis.deadlineInMillis() >= 0) {
            to.setDeadlineInMillis(diagnosis.deadlineInMillis());
        }
        if (diagnosis.heartbeatAgoMillis() >= 0) {
            to.setHeartbeatAgoMillis(diagnosis.heartbeatAgoMillis());
        }
        for (Attributes.Header header : from.terms().attributes().headers()) {
            to.putHeaders(header.name(), Secrets.shown(header));
        }
        for (int i = 0; i < from.branches().size(); i++) {
            to.addBranches(branch(from, i, diagnosis));
        }
        from.audit().forEach(line -> to.addAudit(AuditLine.newBuilder().setAtUnixMillis(line.wallMillis())
                .setAction(ProtoNames.action(line.action())).setActor(line.actor()).setReason(line.reason())
                .setStateBefore(ProtoNames.state(line.stateBefore()))));
        return to.build();
    }

    private static io.holdfast.rpc.v1.CallPolicy policy(CallPolicy from) {
        return io.holdfast.rpc.v1.CallPolicy.newBuilder().setCallTimeoutMillis(from.requestTimeoutMillis())
                .setRetryBaseMillis(from.retryBaseMillis()).setRetryCapMillis(from.retryCapMillis())
                .setOngoingMillis(from.ongoingMillis()).setRetryLimit(from.retryLimit()).build();
    }

    private static BranchView.Builder branch(io.holdfast.core.Transaction transaction, int index,
            Diagnosis diagnosis) {
        Branch from = transaction.branches().get(index);
        boolean tcc = transaction.mode() == Mode.TCC;
        BranchView.Builder to = BranchView.newBuilder().setBranchId(from.branchId())
                .setStateText(diagnosis.branchText(index)).setHeld(diagnosis.isHeld(from))
                .setPayloadBytes(from.payloadBytes()).setAlreadyDone(from.alreadyDone())
                .setForward(call(from, tcc ? Operation.CONFIRM : Operation.ACTION))
                .setBackward(call(from, tcc ? Operation.CANCEL : Operation.COMPENSATE));
        if (from.tryResultBytes() >= 0) {
            to.setTryResultBytes(from.tryResultBytes());
        }
        SagaOrder order = transaction.terms().order();
        if (order.concurrent() && index < order.predecessors().size()) {
            order.predecessors().get(index)
                    .forEach(earlier -> to.addAfter(transaction.branches().get(earlier).branchId()));
        }
        putAttempts(to, from, diagnosis.call(index));
        return to;
    }

    private static CallView.Builder call(Branch from, Operation operation) {
        return CallView.newBuilder().setOperation(ProtoNames.operation(operation)).setUrl(from.url(operation))
                .setProgress(ProtoNames.progress(from.progress(operation))).setDoneUnixMillis(
                        operation.isForward() ? from.forwardDoneWallMillis() : from.backwardDoneWallMillis());
    }

    private static void putAttempts(BranchView.Builder to, Branch branch, @Nullable PendingCall call) {
        to.setLastError(call == null || call.lastError().isEmpty() ? branch.lastError() : call.lastError());
        if (call != null) {
            long now = System.currentTimeMillis();
            to.setAttempts(call.attempts()).setInFlight(call.inFlight())
                    .setLastAttemptUnixMillis(call.lastAttemptAgoMillis() < 0 ? 0 : now - call.lastAttemptAgoMillis())
                    .setNextAttemptUnixMillis(call.inFlight() ? 0 : now + call.nextAttemptInMillis());
        }
    }

    static OperateAllReply batch(BatchOrder.Result from) {
        OperateAllReply.Builder to = OperateAllReply.newBuilder().setDryRun(from.dryRun())
                .setMatched(from.gids().size()).setNextCursor(from.nextCursor()).addAllGids(from.gids())
                .setApplied(from.applied());
        from.refused().forEach(one -> to.addRefused(OperatorRefusal.newBuilder().setGid(one.gid())
                .setCode(one.code()).setMessage(one.message())));
        return to.build();
    }
}
