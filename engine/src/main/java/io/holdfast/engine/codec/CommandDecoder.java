package io.holdfast.engine.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import io.holdfast.wire.log.v1.LogCommand;
import java.util.ArrayList;
import java.util.List;

/** From those messages of the log that {@link EntryReader} does not read by hand back to commands. Thread-safe: no state. */
final class CommandDecoder {

    private CommandDecoder() {
    }

    static Command command(LogCommand from) throws InvalidProtocolBufferException {
        return switch (from.getCommandCase()) {
            case BEGIN, REGISTER -> throw new IllegalStateException("begin and register are read by hand");
            case DECIDE -> decide(from.getDecide());
            case ANSWERED -> {
                var a = from.getAnswered();
                yield new Command.Answered(a.getGid(), a.getBranchIndex(), operation(a.getOperation()), a.getSuccess(),
                        a.getAlreadyDone(), a.getDetail());
            }
            case ATTEMPT_FAILED -> {
                var f = from.getAttemptFailed();
                yield new Command.AttemptFailed(f.getGid(), f.getBranchIndex(), f.getDetail());
            }
            case ERROR_NOTED -> {
                var n = from.getErrorNoted();
                yield new Command.ErrorNoted(n.getGid(), n.getBranchIndex(), operation(n.getOperation()),
                        n.getDetail());
            }
            case ATTENTION_NEEDED ->
                new Command.AttentionNeeded(from.getAttentionNeeded().getGid(), from.getAttentionNeeded().getReason());
            case HEARTBEAT -> new Command.Heartbeat(from.getHeartbeat().getGidsList());
            case OPERATE -> {
                var o = from.getOperate();
                yield new Command.Operate(o.getGid(), action(o.getAction()), o.getActor(), o.getReason());
            }
            case BOOT -> boot(from.getBoot());
            case ACTIVATE -> new Command.Activate(from.getActivate().getVersion());
            case COMMAND_NOT_SET -> throw new InvalidProtocolBufferException(
                    "the entry holds a command that this build does not know: it was written by a newer one");
        };
    }

    static CallPolicy policy(io.holdfast.wire.log.v1.CallPolicy from) {
        return new CallPolicy(from.getRequestTimeoutMillis(), from.getRetryBaseMillis(), from.getRetryCapMillis(),
                from.getOngoingMillis(), from.getRetryLimit());
    }

    static SagaOrder order(io.holdfast.wire.log.v1.SagaOrder from) {
        return new SagaOrder(from.getConcurrent(),
                from.getPredecessorsList().stream().map(p -> p.getBranchIndexList()).toList());
    }

    private static Command decide(io.holdfast.wire.log.v1.Decide from) throws InvalidProtocolBufferException {
        List<Command.TryResult> results = new ArrayList<>(from.getTryResultsCount());
        from.getTryResultsList()
                .forEach(r -> results.add(new Command.TryResult(r.getBranchId(), payload(r.getPayload()))));
        Decision decision = switch (from.getDecision()) {
            case DECISION_CONFIRM -> Decision.CONFIRM;
            case DECISION_CANCEL -> Decision.CANCEL;
            case DECISION_UNSPECIFIED, UNRECOGNIZED -> throw unknown("decision");
        };
        return new Command.Decide(from.getGid(), decision, from.getReason(), results);
    }

    private static Command boot(io.holdfast.wire.log.v1.Boot from) {
        var limits = from.getLimits();
        return new Command.Boot(from.getBootNumber(), from.getIdSalt(), new Limits(limits.getMaxUnfinished(),
                limits.getMaxLiveBytes(), limits.getMaxBranches(), limits.getMaxFinished()));
    }

    private static Payload payload(ByteString bytes) {
        return Payload.of(bytes.toByteArray());
    }

    static Mode mode(int number) throws InvalidProtocolBufferException {
        return switch (number) {
            case io.holdfast.wire.log.v1.Mode.MODE_TCC_VALUE -> Mode.TCC;
            case io.holdfast.wire.log.v1.Mode.MODE_SAGA_VALUE -> Mode.SAGA;
            default -> throw unknown("mode");
        };
    }

    private static Operation operation(io.holdfast.wire.log.v1.Operation from) throws InvalidProtocolBufferException {
        return switch (from) {
            case OPERATION_TRY -> Operation.TRY;
            case OPERATION_CONFIRM -> Operation.CONFIRM;
            case OPERATION_CANCEL -> Operation.CANCEL;
            case OPERATION_ACTION -> Operation.ACTION;
            case OPERATION_COMPENSATE -> Operation.COMPENSATE;
            case OPERATION_UNSPECIFIED, UNRECOGNIZED -> throw unknown("operation");
        };
    }

    static Command.OperatorAction action(io.holdfast.wire.log.v1.OperatorAction from)
            throws InvalidProtocolBufferException {
        return switch (from) {
            case OPERATOR_ACTION_RETRY -> Command.OperatorAction.RETRY;
            case OPERATOR_ACTION_PAUSE -> Command.OperatorAction.PAUSE;
            case OPERATOR_ACTION_RESUME -> Command.OperatorAction.RESUME;
            case OPERATOR_ACTION_SETTLE -> Command.OperatorAction.SETTLE;
            case OPERATOR_ACTION_UNSPECIFIED, UNRECOGNIZED -> throw unknown("operator action");
        };
    }

    private static InvalidProtocolBufferException unknown(String what) {
        return new InvalidProtocolBufferException(
                "the entry holds a value of " + what + " that this build does not know: it was written by a newer one");
    }
}
