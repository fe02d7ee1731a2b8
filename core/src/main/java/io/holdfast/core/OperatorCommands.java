package io.holdfast.core;

import io.holdfast.api.ErrorCode;

/** Commands of operators. None of them changes a decision (guarantee G2). */
final class OperatorCommands {

    /** Lines of one audit trail, after which an operator may only resume what is paused, or settle. */
    static final int MAX_AUDIT_LINES = 1_000;

    private final Ledger ledger;

    OperatorCommands(Ledger ledger) {
        this.ledger = ledger;
    }

    Reply operate(Command.Operate order) {
        Live live = ledger.live(order.gid());
        if (live == null) {
            return Reply.notFound(order.gid());
        }
        if (live.now.state().isFinished()) {
            return finished(live.now);
        }
        if (order.reason().isBlank() && order.action() == Command.OperatorAction.SETTLE) {
            return Reply.refused(ErrorCode.INVALID, "settling by hand needs a reason", live.now);
        }
        if (live.now.audit().size() >= MAX_AUDIT_LINES && order.action() != Command.OperatorAction.SETTLE
                && !(order.action() == Command.OperatorAction.RESUME && live.now.isPaused())) {
            return Reply.refused(ErrorCode.TOO_LARGE, "its audit trail has " + MAX_AUDIT_LINES + " lines", live.now);
        }
        Draft draft = ledger.draft(live);
        draft.audit(order.action(), Text.clip(order.actor()), Text.clip(order.reason()));
        switch (order.action()) {
            case RETRY -> ledger.changes.nudge(order.gid());
            case PAUSE ->
                draft.pause(
                        order.reason().isBlank() ? Text.clip("paused by " + order.actor()) : Text.clip(order.reason()));
            case RESUME -> draft.resume();
            case SETTLE -> draft.apply(Event.SETTLED, Text.clip(order.reason()));
        }
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    static Reply finished(Transaction transaction) {
        return Reply.refused(ErrorCode.WRONG_STATE, "it is finished: state " + transaction.state(), transaction);
    }
}
