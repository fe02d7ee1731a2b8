package io.holdfast.server.workers;

import com.google.protobuf.UnsafeByteOperations;
import io.holdfast.core.Attributes.Header;
import io.holdfast.core.Payload;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import io.holdfast.rpc.v1.Mode;
import io.holdfast.rpc.v1.Operation;
import io.holdfast.rpc.v1.WorkerCall;
import io.holdfast.rpc.v1.WorkerDetail;
import io.holdfast.rpc.v1.WorkerHandedBack;
import io.holdfast.rpc.v1.WorkerHeader;
import io.holdfast.rpc.v1.WorkerResult;
import io.holdfast.rpc.v1.WorkerSuccess;
import io.holdfast.rpc.v1.WorkerTrouble;
import io.holdfast.rpc.v1.WorkerUnknown;

/** Calls and their results as they go between coordinator and worker. */
public final class WireCalls {

    private WireCalls() {
    }

    /** @param callId unique on the stream */
    public static WorkerCall of(long callId, Call call) {
        WorkerCall.Builder wire = WorkerCall.newBuilder().setCallId(callId).setGid(call.gid())
                .setMode(mode(call.mode())).setBranchId(call.branchId()).setOperation(operation(call.operation()))
                .setUrl(call.url()).setBody(UnsafeByteOperations.unsafeWrap(call.body().bytes()))
                .setTimeoutMillis(call.timeoutMillis()).setTraceparent(call.traceparent()).setWire(call.wire())
                .setEpoch(call.epoch());
        for (Header header : call.headers()) {
            wire.addHeaders(WorkerHeader.newBuilder().setName(header.name()).setValue(header.value()));
        }
        return wire.build();
    }

    /** @throws IllegalArgumentException if it names a mode or an operation that this version does not know */
    public static Call call(WorkerCall wire) {
        return new Call(wire.getGid(), mode(wire.getMode()), wire.getBranchId(), operation(wire.getOperation()),
                wire.getUrl(), Payload.of(wire.getBody().toByteArray()),
                wire.getHeadersList().stream().map(header -> new Header(header.getName(), header.getValue())).toList(),
                wire.getTimeoutMillis(), wire.getTraceparent(), wire.getWire(), wire.getEpoch());
    }

    public static WorkerResult of(long callId, Result result) {
        WorkerResult.Builder wire = WorkerResult.newBuilder().setCallId(callId);
        switch (result) {
            case Result.Success success ->
                wire.setSuccess(WorkerSuccess.newBuilder().setAlreadyDone(success.alreadyDone()));
            case Result.Failure failure -> wire.setFailure(WorkerDetail.newBuilder().setDetail(failure.detail()));
            case Result.Ongoing ongoing -> wire.setOngoing(WorkerDetail.newBuilder().setDetail(ongoing.detail()));
            case Result.Unknown unknown -> wire.setUnknown(WorkerUnknown.newBuilder()
                    .setTrouble(trouble(unknown.trouble())).setDetail(unknown.detail()));
            case Result.HandedBack nothing -> wire.setHandedBack(WorkerHandedBack.getDefaultInstance());
        }
        return wire.build();
    }

    /** What a worker of another version says that this one does not know is unknown. */
    public static Result result(WorkerResult wire) {
        return switch (wire.getResultCase()) {
            case SUCCESS -> new Result.Success(wire.getSuccess().getAlreadyDone());
            case FAILURE -> new Result.Failure(wire.getFailure().getDetail());
            case ONGOING -> new Result.Ongoing(wire.getOngoing().getDetail());
            case UNKNOWN -> new Result.Unknown(trouble(wire.getUnknown().getTrouble()), wire.getUnknown().getDetail());
            case HANDED_BACK -> new Result.HandedBack();
            case RESULT_NOT_SET -> new Result.Unknown(Trouble.UNEXPECTED_ANSWER,
                    "the worker has sent a result that this version does not know");
        };
    }

    private static Mode mode(io.holdfast.api.Mode mode) {
        return switch (mode) {
            case TCC -> Mode.MODE_TCC;
            case SAGA -> Mode.MODE_SAGA;
        };
    }

    private static io.holdfast.api.Mode mode(Mode mode) {
        return switch (mode) {
            case MODE_TCC -> io.holdfast.api.Mode.TCC;
            case MODE_SAGA -> io.holdfast.api.Mode.SAGA;
            case MODE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("this version does not know the mode of a call: " + mode);
        };
    }

    private static Operation operation(io.holdfast.api.Operation operation) {
        return switch (operation) {
            case CONFIRM -> Operation.OPERATION_CONFIRM;
            case CANCEL -> Operation.OPERATION_CANCEL;
            case ACTION -> Operation.OPERATION_ACTION;
            case COMPENSATE -> Operation.OPERATION_COMPENSATE;
            case TRY -> throw new IllegalArgumentException("a coordinator never calls Try");
        };
    }

    private static io.holdfast.api.Operation operation(Operation operation) {
        return switch (operation) {
            case OPERATION_CONFIRM -> io.holdfast.api.Operation.CONFIRM;
            case OPERATION_CANCEL -> io.holdfast.api.Operation.CANCEL;
            case OPERATION_ACTION -> io.holdfast.api.Operation.ACTION;
            case OPERATION_COMPENSATE -> io.holdfast.api.Operation.COMPENSATE;
            case OPERATION_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("this version does not know the operation of a call: " + operation);
        };
    }

    private static WorkerTrouble trouble(Trouble trouble) {
        return switch (trouble) {
            case NOT_CONNECTED -> WorkerTrouble.WORKER_TROUBLE_NOT_CONNECTED;
            case TIMED_OUT -> WorkerTrouble.WORKER_TROUBLE_TIMED_OUT;
            case CONNECTION_LOST -> WorkerTrouble.WORKER_TROUBLE_CONNECTION_LOST;
            case UNEXPECTED_ANSWER -> WorkerTrouble.WORKER_TROUBLE_UNEXPECTED_ANSWER;
            case NOT_ALLOWED -> WorkerTrouble.WORKER_TROUBLE_NOT_ALLOWED;
            case NO_BODY, WORKER_LOST -> throw new IllegalArgumentException("a worker does not have this trouble: "
                    + trouble);
        };
    }

    private static Trouble trouble(WorkerTrouble trouble) {
        return switch (trouble) {
            case WORKER_TROUBLE_NOT_CONNECTED -> Trouble.NOT_CONNECTED;
            case WORKER_TROUBLE_TIMED_OUT -> Trouble.TIMED_OUT;
            case WORKER_TROUBLE_CONNECTION_LOST -> Trouble.CONNECTION_LOST;
            case WORKER_TROUBLE_NOT_ALLOWED -> Trouble.NOT_ALLOWED;
            case WORKER_TROUBLE_UNEXPECTED_ANSWER, WORKER_TROUBLE_UNSPECIFIED, UNRECOGNIZED ->
                Trouble.UNEXPECTED_ANSWER;
        };
    }
}
