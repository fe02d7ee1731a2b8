package io.holdfast.core;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Commands of those who run transactions: begin, register, decide. */
final class CallerCommands {

    private static final int FEW = 8;

    private final Ledger ledger;
    private final SharedTexts texts = new SharedTexts();
    /** That of the last begin: nearly all have the same, and need not hold one each. */
    private CallPolicy lastPolicy = CallPolicy.NATIVE;

    CallerCommands(Ledger ledger) {
        this.ledger = ledger;
    }

    Reply begin(Command.Begin begin) {
        Live known = ledger.live(begin.gid());
        if (known != null) {
            return begunBefore(known.now, begin);
        }
        Live ofKey = ledger.liveOfKey(begin.attributes().businessKey());
        if (ofKey != null) {
            return begunBefore(ofKey.now, begin);
        }
        if (begin.lookedAt() < ledger.evictedThrough()) {
            return new Reply.LookAgain();
        }
        String problem = branchProblem(begin.branches(), 0);
        if (!problem.isEmpty()) {
            return Reply.refused(ErrorCode.TOO_LARGE, problem, null);
        }
        problem = shapeProblem(begin);
        if (!problem.isEmpty()) {
            return Reply.refused(ErrorCode.INVALID, problem, null);
        }
        if (ledger.unfinished() >= ledger.limits().maxUnfinished()) {
            return Reply.refused(ErrorCode.OVERLOADED,
                    "there are " + ledger.unfinished() + " unfinished transactions, the bound is "
                            + ledger.limits().maxUnfinished() + ": begin later",
                    null);
        }
        if (ledger.liveBytes() >= ledger.limits().maxLiveBytes()) {
            return Reply.refused(ErrorCode.OVERLOADED,
                    "unfinished transactions take " + ledger.liveBytes() + " bytes, the bound is "
                            + ledger.limits().maxLiveBytes() + ": begin later",
                    null);
        }
        Draft draft = new Draft(new Terms(begin.gid(), begin.mode(), ledger.sequence(), ledger.wallMillis(),
                begin.deadlineMillis(), deadlineAt(begin.deadlineMillis()), shared(begin.policy()), begin.order(),
                begin.attributes()), ledger.nowMillis(), ledger.wallMillis());
        addBranches(draft, begin.branches());
        Protocol.of(begin.mode()).advance(draft);
        return new Reply.Done(ledger.create(draft).now, true);
    }

    private CallPolicy shared(CallPolicy policy) {
        if (!policy.equals(lastPolicy)) {
            lastPolicy = policy;
        }
        return lastPolicy;
    }

    /** The answer to a begin whose gid or business key is taken. */
    static Reply begunBefore(Transaction known, Command.Begin begin) {
        if (known.mode() != begin.mode()) {
            return Reply.refused(ErrorCode.MODE_CONFLICT,
                    "gid " + known.gid() + " is a transaction of mode " + known.mode(), known);
        }
        String key = begin.attributes().businessKey();
        return key.isEmpty() || key.equals(known.terms().attributes().businessKey())
                ? new Reply.Done(known, false)
                : Reply.refused(ErrorCode.BUSINESS_KEY_CONFLICT, "gid " + known.gid()
                        + " is a transaction with another businessKey", known);
    }

    /** Only TCC waits for its caller; of everything else the coordinator itself says how it goes. */
    Reply heartbeat(Command.Heartbeat beat) {
        int noted = 0;
        List<String> ignored = new ArrayList<>();
        for (String gid : beat.gids()) {
            Live live = ledger.live(gid);
            if (live == null || live.now.state() != State.TRYING) {
                ignored.add(gid);
            } else {
                Draft draft = ledger.draft(live);
                draft.heartbeat();
                ledger.commit(live, draft);
                noted++;
            }
        }
        return new Reply.Alive(noted, ignored);
    }

    Reply register(Command.Register register) {
        Live live = ledger.live(register.gid());
        if (live == null) {
            return Reply.notFound(register.gid());
        }
        Transaction transaction = live.now;
        if (transaction.state() != State.TRYING) {
            return tooLateToRegister(transaction);
        }
        Map<String, BranchSpec> fresh = new LinkedHashMap<>();
        for (BranchSpec spec : register.branches()) {
            Branch known = branchById(transaction, spec.branchId());
            BranchSpec twin = known == null ? fresh.putIfAbsent(spec.branchId(), spec) : null;
            if (known != null && !known.sameAs(spec) || twin != null && !twin.equals(spec)) {
                return Reply.refused(ErrorCode.BRANCH_CONFLICT, "branch " + spec.branchId()
                        + " is registered already, with other contents", transaction);
            }
        }
        if (fresh.isEmpty()) {
            return new Reply.Done(transaction, false);
        }
        String problem = branchProblem(fresh.values(), transaction.branches().size());
        if (!problem.isEmpty()) {
            return Reply.refused(ErrorCode.TOO_LARGE, problem, transaction);
        }
        // A quarter above the bound of begin is kept for the branches of what was accepted before the bound was reached.
        if (ledger.liveBytes() - ledger.limits().maxLiveBytes() >= ledger.limits().maxLiveBytes() / 4) {
            return Reply.refused(ErrorCode.OVERLOADED,
                    "unfinished transactions take " + ledger.liveBytes() + " bytes: cancel, and begin later",
                    transaction);
        }
        Draft draft = ledger.draft(live);
        addBranches(draft, fresh.values());
        draft.progress();
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    static Reply tooLateToRegister(Transaction transaction) {
        return Reply.refused(ErrorCode.WRONG_STATE,
                "branches can be registered while the state is TRYING, it is " + transaction.state(), transaction);
    }

    /** The answer to a decision about what is decided. */
    static Reply decidedBefore(Transaction transaction, Command.Decide decide) {
        State state = transaction.state();
        if (state == State.SETTLED_BY_HAND) {
            return Reply.refused(ErrorCode.WRONG_STATE, "an operator settled it by hand", transaction);
        }
        return decisionOf(state) == decide.decision()
                ? new Reply.Done(transaction, false)
                : Reply.refused(ErrorCode.DECISION_CONFLICT, "it was decided the other way: state " + state,
                        transaction);
    }

    Reply decide(Command.Decide decide) {
        Live live = ledger.live(decide.gid());
        if (live == null) {
            return Reply.notFound(decide.gid());
        }
        Transaction transaction = live.now;
        State state = transaction.state();
        if (!state.isUndecided()) {
            return decidedBefore(transaction, decide);
        }
        if (transaction.mode() == Mode.SAGA && decide.decision() == Decision.CONFIRM) {
            return Reply.refused(ErrorCode.WRONG_STATE, "a Saga confirms by itself when its actions are done",
                    transaction);
        }
        for (Command.TryResult result : decide.tryResults()) {
            if (branchById(transaction, result.branchId()) == null) {
                return Reply.refused(ErrorCode.INVALID,
                        "tryResults name branch " + result.branchId() + ", which is not registered",
                        transaction);
            }
        }
        Draft draft = ledger.draft(live);
        if (decide.decision() == Decision.CONFIRM) {
            keepTryResults(draft, decide.tryResults());
            draft.apply(Event.CONFIRM_DECIDED, "");
        } else {
            draft.apply(Event.CANCEL_DECIDED,
                    Text.clip(decide.reason().isEmpty() ? "cancelled by the caller" : decide.reason()));
        }
        ledger.commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private void addBranches(Draft draft, Collection<BranchSpec> specs) {
        int index = draft.branchCount();
        for (BranchSpec spec : specs) {
            if (spec.payload().sizeBytes() > 0) {
                ledger.changes.keep(new KeptBody(draft.terms.gid(), index, BodyKind.PAYLOAD, spec.payload()));
            }
            index++;
        }
        draft.addBranches(specs, texts);
    }

    private void keepTryResults(Draft draft, List<Command.TryResult> results) {
        for (Command.TryResult result : results) {
            for (int i = 0; i < draft.branchCount(); i++) {
                if (draft.branch(i).branchId().equals(result.branchId())) {
                    draft.replaceBranch(i, draft.branch(i).withTryResultBytes(result.payload().sizeBytes()));
                    ledger.changes.keep(new KeptBody(draft.terms.gid(), i, BodyKind.TRY_RESULT, result.payload()));
                }
            }
        }
    }

    private String branchProblem(Collection<BranchSpec> specs, int alreadyThere) {
        return specs.size() + alreadyThere <= ledger.limits().maxBranches()
                ? ""
                : "a transaction has at most " + ledger.limits().maxBranches() + " branches, this one would have "
                        + (specs.size() + alreadyThere);
    }

    /** Ingress has checked these; but what it let through would stop every process that replays the log, so they are refused. */
    private static String shapeProblem(Command.Begin begin) {
        if (begin.deadlineMillis() < 0) {
            return "deadlineMillis is " + begin.deadlineMillis() + ", it must not be negative";
        }
        String twice = namedTwice(begin.branches());
        if (twice != null) {
            return "branch " + twice + " is named twice";
        }
        return begin.order().problem(begin.branches().size());
    }

    private static @Nullable String namedTwice(List<BranchSpec> specs) {
        if (specs.size() <= FEW) {
            // Two loops cost less than a set.
            for (int i = 1; i < specs.size(); i++) {
                String id = specs.get(i).branchId();
                for (int before = 0; before < i; before++) {
                    if (specs.get(before).branchId().equals(id)) {
                        return id;
                    }
                }
            }
            return null;
        }
        Set<String> ids = HashSet.newHashSet(specs.size());
        for (BranchSpec spec : specs) {
            if (!ids.add(spec.branchId())) {
                return spec.branchId();
            }
        }
        return null;
    }

    /** A deadline beyond all numbers is one that never passes. */
    private long deadlineAt(long deadlineMillis) {
        return deadlineMillis == 0
                ? 0
                : deadlineMillis > Long.MAX_VALUE - ledger.nowMillis()
                        ? Long.MAX_VALUE
                        : ledger.nowMillis() + deadlineMillis;
    }

    private static @Nullable Branch branchById(Transaction transaction, String branchId) {
        for (Branch branch : transaction.branches()) {
            if (branch.branchId().equals(branchId)) {
                return branch;
            }
        }
        return null;
    }

    private static Decision decisionOf(State state) {
        return state == State.CONFIRMING || state == State.CONFIRMED ? Decision.CONFIRM : Decision.CANCEL;
    }
}
