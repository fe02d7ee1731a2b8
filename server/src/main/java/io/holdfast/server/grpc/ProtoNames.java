package io.holdfast.server.grpc;

import io.holdfast.core.Branch;
import io.holdfast.core.Command;
import io.holdfast.rpc.v1.Decision;
import io.holdfast.rpc.v1.Mode;
import io.holdfast.rpc.v1.Operation;
import io.holdfast.rpc.v1.OperatorAction;
import io.holdfast.rpc.v1.Progress;
import io.holdfast.rpc.v1.State;
import io.holdfast.server.nativeapi.ApiProblem;
import org.jspecify.annotations.Nullable;

/** Enumerations of the interface and ours. */
final class ProtoNames {

    private ProtoNames() {
    }

    /** TCC if nothing is said. */
    static io.holdfast.api.Mode mode(Mode from) {
        io.holdfast.api.Mode mode = anyMode(from);
        return mode == null ? io.holdfast.api.Mode.TCC : mode;
    }

    static io.holdfast.api.@Nullable Mode anyMode(Mode from) {
        return switch (from) {
            case MODE_UNSPECIFIED -> null;
            case MODE_TCC -> io.holdfast.api.Mode.TCC;
            case MODE_SAGA -> io.holdfast.api.Mode.SAGA;
            case UNRECOGNIZED -> throw unknown("mode", "MODE_TCC, MODE_SAGA");
        };
    }

    static Mode mode(io.holdfast.api.Mode from) {
        return switch (from) {
            case TCC -> Mode.MODE_TCC;
            case SAGA -> Mode.MODE_SAGA;
        };
    }

    static io.holdfast.api.State state(State from) {
        return switch (from) {
            case STATE_TRYING -> io.holdfast.api.State.TRYING;
            case STATE_CONFIRMING -> io.holdfast.api.State.CONFIRMING;
            case STATE_CANCELLING -> io.holdfast.api.State.CANCELLING;
            case STATE_RUNNING -> io.holdfast.api.State.RUNNING;
            case STATE_COMPENSATING -> io.holdfast.api.State.COMPENSATING;
            case STATE_CONFIRMED -> io.holdfast.api.State.CONFIRMED;
            case STATE_CANCELLED -> io.holdfast.api.State.CANCELLED;
            case STATE_SETTLED_BY_HAND -> io.holdfast.api.State.SETTLED_BY_HAND;
            case STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("states", "states that are named");
        };
    }

    static State state(io.holdfast.api.State from) {
        return switch (from) {
            case TRYING -> State.STATE_TRYING;
            case CONFIRMING -> State.STATE_CONFIRMING;
            case CANCELLING -> State.STATE_CANCELLING;
            case RUNNING -> State.STATE_RUNNING;
            case COMPENSATING -> State.STATE_COMPENSATING;
            case CONFIRMED -> State.STATE_CONFIRMED;
            case CANCELLED -> State.STATE_CANCELLED;
            case SETTLED_BY_HAND -> State.STATE_SETTLED_BY_HAND;
        };
    }

    static io.holdfast.api.Decision decision(Decision from) {
        return switch (from) {
            case DECISION_CONFIRM -> io.holdfast.api.Decision.CONFIRM;
            case DECISION_CANCEL -> io.holdfast.api.Decision.CANCEL;
            case DECISION_UNSPECIFIED, UNRECOGNIZED ->
                throw unknown("decision", "DECISION_CONFIRM, DECISION_CANCEL");
        };
    }

    static Decision decision(io.holdfast.api.@Nullable Decision from) {
        return switch (from) {
            case null -> Decision.DECISION_UNSPECIFIED;
            case CONFIRM -> Decision.DECISION_CONFIRM;
            case CANCEL -> Decision.DECISION_CANCEL;
        };
    }

    static Command.OperatorAction action(OperatorAction from) {
        return switch (from) {
            case OPERATOR_ACTION_RETRY -> Command.OperatorAction.RETRY;
            case OPERATOR_ACTION_PAUSE -> Command.OperatorAction.PAUSE;
            case OPERATOR_ACTION_RESUME -> Command.OperatorAction.RESUME;
            case OPERATOR_ACTION_SETTLE -> Command.OperatorAction.SETTLE;
            case OPERATOR_ACTION_UNSPECIFIED, UNRECOGNIZED ->
                throw unknown("action", "retry, pause, resume, settle");
        };
    }

    static OperatorAction action(Command.OperatorAction from) {
        return switch (from) {
            case RETRY -> OperatorAction.OPERATOR_ACTION_RETRY;
            case PAUSE -> OperatorAction.OPERATOR_ACTION_PAUSE;
            case RESUME -> OperatorAction.OPERATOR_ACTION_RESUME;
            case SETTLE -> OperatorAction.OPERATOR_ACTION_SETTLE;
        };
    }

    static Operation operation(io.holdfast.api.Operation from) {
        return switch (from) {
            case CONFIRM -> Operation.OPERATION_CONFIRM;
            case CANCEL -> Operation.OPERATION_CANCEL;
            case ACTION -> Operation.OPERATION_ACTION;
            case COMPENSATE -> Operation.OPERATION_COMPENSATE;
            case TRY -> Operation.OPERATION_UNSPECIFIED;
        };
    }

    static Progress progress(Branch.Progress from) {
        return switch (from) {
            case IDLE -> Progress.PROGRESS_IDLE;
            case OWED -> Progress.PROGRESS_OWED;
            case DONE -> Progress.PROGRESS_DONE;
            case FAILED -> Progress.PROGRESS_FAILED;
            case ABANDONED -> Progress.PROGRESS_ABANDONED;
        };
    }

    private static ApiProblem unknown(String name, String allowed) {
        return ApiProblem.field(name, "missing or unknown", allowed);
    }
}
