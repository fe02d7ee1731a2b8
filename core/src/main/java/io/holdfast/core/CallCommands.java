package io.holdfast.core;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.Operation;
import io.holdfast.core.Branch.Progress;

/** Commands of the dispatcher: what became of the calls to participants. */
final class CallCommands {

    private final Ledger ledger;

    CallCommands(Ledger ledger) {
        this.ledger = ledger;
    }

    Reply answered(Command.Answered answered) {
        Live live = ledger.live(answered.gid());
        if (live == null || answered.branchIndex() >= live.now.branches().size()) {
            return Reply.notFound(answered.gid());
        }
        Transaction transaction = live.now;
        // The first definite answer counts; a later one, or one for what was given up meanwhile, changes nothing.
        if (!Owed.isOwed(transaction, answered.branchIndex(), answered.operation())) {
            return new Reply.Done(transaction, false);
        }
        if (!answered.success() && answered.operation() != Operation.ACTION) {
            return Reply.refused(ErrorCode.INVALID, "only an action can fail for good", transaction);
        }
        Draft draft = ledger.draft(live);
        draft.answer(answered.branchIndex(), answered.operation(), answered.success() ? Progress.DONE : Progress.FAILED,
                answered.alreadyDone(), Text.clip(answered.detail()));
        if (answered.success()) {
            Protocol.of(transaction.mode()).advance(draft);
        } else {
            draft.apply(Event.ACTION_FAILED, answered.detail().isEmpty()
                    ? "the action of branch " + transaction.branches().get(answered.branchIndex()).branchId()
                            + " failed"
                    : Text.clip(answered.detail()));
        }
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    Reply attemptFailed(Command.AttemptFailed failed) {
        Live live = ledger.live(failed.gid());
        if (live == null || failed.branchIndex() >= live.now.branches().size()) {
            return Reply.notFound(failed.gid());
        }
        Transaction transaction = live.now;
        int limit = transaction.terms().policy().retryLimit();
        if (limit == 0 || !Owed.isOwed(transaction, failed.branchIndex(), Operation.ACTION)) {
            return new Reply.Done(transaction, false);
        }
        Draft draft = ledger.draft(live);
        noteError(draft, failed.branchIndex(), failed.detail());
        if (draft.countFailedAttempt() > limit) {
            draft.apply(Event.RETRIES_EXHAUSTED, "RetryCount is greater than RetryLimit, RetryLimit: " + limit);
        }
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    Reply errorNoted(Command.ErrorNoted noted) {
        Live live = ledger.live(noted.gid());
        if (live == null || noted.branchIndex() >= live.now.branches().size()) {
            return Reply.notFound(noted.gid());
        }
        if (!Owed.isOwed(live.now, noted.branchIndex(), noted.operation())) {
            return new Reply.Done(live.now, false);
        }
        Draft draft = ledger.draft(live);
        noteError(draft, noted.branchIndex(), noted.detail());
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    Reply attentionNeeded(Command.AttentionNeeded needed) {
        Live live = ledger.live(needed.gid());
        if (live == null) {
            return Reply.notFound(needed.gid());
        }
        if (live.now.state().isFinished() || live.now.needsAttention()) {
            return new Reply.Done(live.now, false);
        }
        Draft draft = ledger.draft(live);
        draft.needAttention(Text.clip(needed.reason()));
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private static void noteError(Draft draft, int branchIndex, String detail) {
        Branch branch = draft.branch(branchIndex);
        draft.replaceBranch(branchIndex, branch.withOutcomeNote(branch.alreadyDone(), Text.clip(detail)));
    }
}
