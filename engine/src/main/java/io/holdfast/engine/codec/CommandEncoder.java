package io.holdfast.engine.codec;

import com.google.protobuf.UnsafeByteOperations;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.wire.log.v1.Begin;
import io.holdfast.wire.log.v1.Decide;
import io.holdfast.wire.log.v1.Decision;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.Mode;
import io.holdfast.wire.log.v1.Operation;
import io.holdfast.wire.log.v1.OperatorAction;
import io.holdfast.wire.log.v1.Predecessors;
import io.holdfast.wire.log.v1.Register;

/** From commands to the messages of the log. Thread-safe: no state. */
public final class CommandEncoder {

    private CommandEncoder() {
    }

    /**
     * The bytes of one command.
     *
     * @throws IllegalArgumentException if a text cannot be written in UTF-8; the message names the field
     */
    public static byte[] encode(Command command) {
        String problem = WellFormed.problem(command);
        if (problem != null) {
            throw new IllegalArgumentException(
                    problem + " contains half of a surrogate pair: it must be text that UTF-8 can carry");
        }
        return message(command).toByteArray();
    }

    static LogCommand message(Command command) {
        LogCommand.Builder to = LogCommand.newBuilder();
        switch (command) {
            case Command.Begin begin -> to.setBegin(begin(begin));
            case Command.Register register -> to.setRegister(register(register));
            case Command.Decide decide -> to.setDecide(decide(decide));
            case Command.Answered answered -> to.setAnswered(io.holdfast.wire.log.v1.Answered.newBuilder()
                    .setGid(answered.gid()).setBranchIndex(answered.branchIndex())
                    .setOperation(operation(answered.operation()))
                    .setSuccess(answered.success()).setAlreadyDone(answered.alreadyDone())
                    .setDetail(answered.detail()));
            case Command.AttemptFailed failed -> to.setAttemptFailed(io.holdfast.wire.log.v1.AttemptFailed.newBuilder()
                    .setGid(failed.gid()).setBranchIndex(failed.branchIndex()).setDetail(failed.detail()));
            case Command.ErrorNoted noted -> to.setErrorNoted(io.holdfast.wire.log.v1.ErrorNoted.newBuilder()
                    .setGid(noted.gid()).setBranchIndex(noted.branchIndex()).setOperation(operation(noted.operation()))
                    .setDetail(noted.detail()));
            case Command.AttentionNeeded needed ->
                to.setAttentionNeeded(io.holdfast.wire.log.v1.AttentionNeeded.newBuilder()
                        .setGid(needed.gid()).setReason(needed.reason()));
            case Command.Heartbeat beat ->
                to.setHeartbeat(io.holdfast.wire.log.v1.Heartbeat.newBuilder().addAllGids(beat.gids()));
            case Command.Operate operate ->
                to.setOperate(io.holdfast.wire.log.v1.Operate.newBuilder().setGid(operate.gid())
                        .setAction(action(operate.action())).setActor(operate.actor()).setReason(operate.reason()));
            case Command.Boot boot ->
                to.setBoot(io.holdfast.wire.log.v1.Boot.newBuilder().setBootNumber(boot.bootNumber())
                        .setIdSalt(boot.idSalt()).setLimits(limits(boot.limits())));
            case Command.Activate activate ->
                to.setActivate(io.holdfast.wire.log.v1.Activate.newBuilder().setVersion(activate.version()));
        }
        return to.build();
    }

    private static Begin begin(Command.Begin begin) {
        Begin.Builder to = Begin.newBuilder().setGid(begin.gid()).setMode(mode(begin.mode()))
                .setDeadlineMillis(begin.deadlineMillis()).setAttributes(attributes(begin.attributes()))
                .setLookedAt(begin.lookedAt());
        // Defaults are left out: they are the same for nearly all transactions, and absence is part of the format.
        if (!begin.policy().equals(CallPolicy.NATIVE)) {
            to.setPolicy(policy(begin.policy()));
        }
        if (!begin.order().equals(SagaOrder.SEQUENTIAL)) {
            to.setOrder(order(begin.order()));
        }
        for (BranchSpec spec : begin.branches()) {
            to.addBranches(branch(spec));
        }
        return to.build();
    }

    private static io.holdfast.wire.log.v1.CallPolicy policy(CallPolicy policy) {
        return io.holdfast.wire.log.v1.CallPolicy.newBuilder().setRequestTimeoutMillis(policy.requestTimeoutMillis())
                .setRetryBaseMillis(policy.retryBaseMillis()).setRetryCapMillis(policy.retryCapMillis())
                .setOngoingMillis(policy.ongoingMillis()).setRetryLimit(policy.retryLimit()).build();
    }

    private static io.holdfast.wire.log.v1.SagaOrder order(SagaOrder order) {
        var to = io.holdfast.wire.log.v1.SagaOrder.newBuilder().setConcurrent(order.concurrent());
        order.predecessors().forEach(p -> to.addPredecessors(Predecessors.newBuilder().addAllBranchIndex(p)));
        return to.build();
    }

    private static io.holdfast.wire.log.v1.Attributes attributes(Attributes attributes) {
        var to = io.holdfast.wire.log.v1.Attributes.newBuilder().setWire(attributes.wire())
                .setTraceparent(attributes.traceparent()).setBusinessKey(attributes.businessKey())
                .setCustomData(attributes.customData()).setWaitResult(attributes.waitResult());
        for (Attributes.Header header : attributes.headers()) {
            to.addHeaders(io.holdfast.wire.log.v1.Header.newBuilder().setName(header.name()).setValue(header.value()));
        }
        for (Attributes.Label label : attributes.labels()) {
            to.addLabels(io.holdfast.wire.log.v1.Label.newBuilder().setName(label.name()).setValue(label.value()));
        }
        return to.build();
    }

    private static Register register(Command.Register register) {
        Register.Builder to = Register.newBuilder().setGid(register.gid());
        for (BranchSpec spec : register.branches()) {
            to.addBranches(branch(spec));
        }
        return to.build();
    }

    private static io.holdfast.wire.log.v1.BranchSpec branch(BranchSpec spec) {
        var to = io.holdfast.wire.log.v1.BranchSpec.newBuilder().setBranchId(spec.branchId())
                .setForwardUrl(spec.forwardUrl()).setBackwardUrl(spec.backwardUrl());
        if (spec.payload().sizeBytes() > 0) {
            to.setPayload(bytes(spec.payload()));
        }
        return to.build();
    }

    private static Decide decide(Command.Decide decide) {
        Decide.Builder to = Decide.newBuilder().setGid(decide.gid()).setReason(decide.reason())
                .setDecision(switch (decide.decision()) {
                    case CONFIRM -> Decision.DECISION_CONFIRM;
                    case CANCEL -> Decision.DECISION_CANCEL;
                });
        for (Command.TryResult result : decide.tryResults()) {
            to.addTryResults(io.holdfast.wire.log.v1.TryResult.newBuilder().setBranchId(result.branchId())
                    .setPayload(bytes(result.payload())));
        }
        return to.build();
    }

    private static io.holdfast.wire.log.v1.Limits limits(Limits limits) {
        return io.holdfast.wire.log.v1.Limits.newBuilder().setMaxUnfinished(limits.maxUnfinished())
                .setMaxLiveBytes(limits.maxLiveBytes()).setMaxBranches(limits.maxBranches())
                .setMaxFinished(limits.maxFinished()).build();
    }

    private static com.google.protobuf.ByteString bytes(Payload payload) {
        return UnsafeByteOperations.unsafeWrap(payload.bytes());
    }

    private static Mode mode(io.holdfast.api.Mode mode) {
        return switch (mode) {
            case TCC -> Mode.MODE_TCC;
            case SAGA -> Mode.MODE_SAGA;
        };
    }

    private static Operation operation(io.holdfast.api.Operation operation) {
        return switch (operation) {
            case TRY -> Operation.OPERATION_TRY;
            case CONFIRM -> Operation.OPERATION_CONFIRM;
            case CANCEL -> Operation.OPERATION_CANCEL;
            case ACTION -> Operation.OPERATION_ACTION;
            case COMPENSATE -> Operation.OPERATION_COMPENSATE;
        };
    }

    private static OperatorAction action(Command.OperatorAction action) {
        return switch (action) {
            case RETRY -> OperatorAction.OPERATOR_ACTION_RETRY;
            case PAUSE -> OperatorAction.OPERATOR_ACTION_PAUSE;
            case RESUME -> OperatorAction.OPERATOR_ACTION_RESUME;
            case SETTLE -> OperatorAction.OPERATOR_ACTION_SETTLE;
        };
    }
}
