package io.holdfast.core;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.TimerWheel.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transaction state machine. {@link #step} applies one entry and returns what follows from it; nothing else changes state.
 * <p>
 * Not thread-safe: one thread owns it. Records it hands out are immutable and may go to other threads.
 * <p>
 * How an entry is applied: its commands in order, then the timers that are due at its time. What is owed is never kept as a
 * list of its own: it follows from the state ({@link #forEachObligation}), and {@link #step} reports the difference that the
 * entry made. So a restart, which replays entries and drops their outcomes, owes exactly what the last state says.
 */
public final class Core {

    /** The rules by which this build applies entries. */
    public static final int VERSION = 1;

    /** Without progress for so long, an unfinished transaction is marked for attention (logical milliseconds). */
    public static final long ATTENTION_AFTER_MILLIS = 120_000;

    /** Texts from outside that are kept as state are cut to so many characters. */
    public static final int MAX_TEXT = 1_024;

    /** Lines of one audit trail, after which an operator may only resume what is paused, or settle. */
    static final int MAX_AUDIT_LINES = 1_000;

    private static final int FEW = 8;

    private final Map<String, Live> byGid = new HashMap<>();
    private final CreationOrder byCreation = new CreationOrder();
    private final ArrayDeque<Live> finished = new ArrayDeque<>();
    private final TimerWheel timers = new TimerWheel();
    private final Step step = new Step();

    private Limits limits = Limits.DEFAULT;
    private long sequence;
    private long nowMillis;
    private long bootNumber;
    private int activeVersion = VERSION;
    private int unfinished;
    private long liveBytes;
    private long evictedThrough;

    /**
     * Applies one entry.
     *
     * @throws IllegalStateException if the entry is out of order or an invariant breaks: a bug, after which this object must
     *                               not be used any more
     */
    public Outcome step(Entry entry) {
        Check.that(entry.sequence() == sequence + 1, "entry %s after %s", entry.sequence(), sequence);
        Check.that(entry.nowMillis() >= nowMillis, "time of entry %s went back", entry.sequence());
        sequence = entry.sequence();
        nowMillis = entry.nowMillis();
        step.begin(entry);
        for (Command command : entry.commands()) {
            step.replies.add(apply(command));
        }
        for (Timer timer : timers.advance(nowMillis)) {
            fire(timer);
        }
        // Only now, so that a gid stands for one transaction throughout an entry.
        evict();
        return step.end();
    }

    private Reply apply(Command command) {
        return switch (command) {
            case Command.Begin begin -> begin(begin);
            case Command.Register register -> register(register);
            case Command.Decide decide -> decide(decide);
            case Command.Answered answered -> answered(answered);
            case Command.AttemptFailed failed -> attemptFailed(failed);
            case Command.ErrorNoted noted -> errorNoted(noted);
            case Command.AttentionNeeded needed -> attentionNeeded(needed);
            case Command.Operate operate -> operate(operate);
            case Command.Boot boot -> boot(boot);
            case Command.Activate activate -> activate(activate);
        };
    }

    private Reply begin(Command.Begin begin) {
        Live known = byGid.get(begin.gid());
        if (known != null) {
            if (known.now.mode() != begin.mode()) {
                return refused(ErrorCode.MODE_CONFLICT,
                        "gid " + begin.gid() + " is a transaction of mode " + known.now.mode(),
                        known.now);
            }
            return new Reply.Done(known.now, false);
        }
        String problem = branchProblem(begin.branches(), 0);
        if (!problem.isEmpty()) {
            return refused(ErrorCode.TOO_LARGE, problem, null);
        }
        problem = shapeProblem(begin);
        if (!problem.isEmpty()) {
            return refused(ErrorCode.INVALID, problem, null);
        }
        if (unfinished >= limits.maxUnfinished()) {
            return refused(ErrorCode.OVERLOADED, "there are " + unfinished + " unfinished transactions, the bound is "
                    + limits.maxUnfinished() + ": begin later", null);
        }
        if (liveBytes >= limits.maxLiveBytes()) {
            return refused(ErrorCode.OVERLOADED, "unfinished transactions take " + liveBytes + " bytes, the bound is "
                    + limits.maxLiveBytes() + ": begin later", null);
        }
        Draft draft = new Draft(new Terms(begin.gid(), begin.mode(), sequence, step.wallMillis, begin.deadlineMillis(),
                deadlineAt(begin.deadlineMillis()), begin.policy(), begin.order(), begin.attributes()), nowMillis,
                step.wallMillis);
        addBranches(draft, begin.branches());
        Protocol.of(begin.mode()).advance(draft);
        Live live = new Live(draft.freeze(), byCreation.nextOrdinal());
        byGid.put(begin.gid(), live);
        byCreation.add(live);
        unfinished++;
        step.created(live);
        settle(live);
        return new Reply.Done(live.now, true);
    }

    private Reply register(Command.Register register) {
        Live live = byGid.get(register.gid());
        if (live == null) {
            return notFound(register.gid());
        }
        Transaction transaction = live.now;
        if (transaction.state() != State.TRYING) {
            return refused(ErrorCode.WRONG_STATE, "branches can be registered while the state is TRYING, it is "
                    + transaction.state(), transaction);
        }
        Map<String, BranchSpec> fresh = new LinkedHashMap<>();
        for (BranchSpec spec : register.branches()) {
            Branch known = branchById(transaction, spec.branchId());
            BranchSpec twin = known == null ? fresh.putIfAbsent(spec.branchId(), spec) : null;
            if (known != null && !known.sameAs(spec) || twin != null && !twin.equals(spec)) {
                return refused(ErrorCode.BRANCH_CONFLICT, "branch " + spec.branchId()
                        + " is registered already, with other contents", transaction);
            }
        }
        if (fresh.isEmpty()) {
            return new Reply.Done(transaction, false);
        }
        String problem = branchProblem(fresh.values(), transaction.branches().size());
        if (!problem.isEmpty()) {
            return refused(ErrorCode.TOO_LARGE, problem, transaction);
        }
        // A quarter above the bound of begin is kept for the branches of what was accepted before the bound was reached.
        if (liveBytes - limits.maxLiveBytes() >= limits.maxLiveBytes() / 4) {
            return refused(ErrorCode.OVERLOADED,
                    "unfinished transactions take " + liveBytes + " bytes: cancel, and begin later",
                    transaction);
        }
        Draft draft = draft(live);
        addBranches(draft, fresh.values());
        draft.progress();
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply decide(Command.Decide decide) {
        Live live = byGid.get(decide.gid());
        if (live == null) {
            return notFound(decide.gid());
        }
        Transaction transaction = live.now;
        State state = transaction.state();
        if (state == State.SETTLED_BY_HAND) {
            return refused(ErrorCode.WRONG_STATE, "an operator settled it by hand", transaction);
        }
        if (!state.isUndecided()) {
            return decisionOf(state) == decide.decision()
                    ? new Reply.Done(transaction, false)
                    : refused(ErrorCode.DECISION_CONFLICT, "it was decided the other way: state " + state, transaction);
        }
        if (transaction.mode() == Mode.SAGA && decide.decision() == Decision.CONFIRM) {
            return refused(ErrorCode.WRONG_STATE, "a Saga confirms by itself when its actions are done", transaction);
        }
        for (Command.TryResult result : decide.tryResults()) {
            if (branchById(transaction, result.branchId()) == null) {
                return refused(ErrorCode.INVALID,
                        "tryResults name branch " + result.branchId() + ", which is not registered",
                        transaction);
            }
        }
        Draft draft = draft(live);
        if (decide.decision() == Decision.CONFIRM) {
            keepTryResults(draft, decide.tryResults());
            draft.apply(Event.CONFIRM_DECIDED, "");
        } else {
            draft.apply(Event.CANCEL_DECIDED,
                    cut(decide.reason().isEmpty() ? "cancelled by the caller" : decide.reason()));
        }
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply answered(Command.Answered answered) {
        Live live = byGid.get(answered.gid());
        if (live == null || answered.branchIndex() >= live.now.branches().size()) {
            return notFound(answered.gid());
        }
        Transaction transaction = live.now;
        // The first definite answer counts; a later one, or one for what was given up meanwhile, changes nothing.
        if (!isOwed(transaction, answered.branchIndex(), answered.operation())) {
            return new Reply.Done(transaction, false);
        }
        if (!answered.success() && answered.operation() != Operation.ACTION) {
            return refused(ErrorCode.INVALID, "only an action can fail for good", transaction);
        }
        Draft draft = draft(live);
        draft.answer(answered.branchIndex(), answered.operation(), answered.success() ? Progress.DONE : Progress.FAILED,
                answered.alreadyDone(), cut(answered.detail()));
        if (answered.success()) {
            Protocol.of(transaction.mode()).advance(draft);
        } else {
            draft.apply(Event.ACTION_FAILED, answered.detail().isEmpty()
                    ? "the action of branch " + transaction.branches().get(answered.branchIndex()).branchId()
                            + " failed"
                    : cut(answered.detail()));
        }
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply attemptFailed(Command.AttemptFailed failed) {
        Live live = byGid.get(failed.gid());
        if (live == null || failed.branchIndex() >= live.now.branches().size()) {
            return notFound(failed.gid());
        }
        Transaction transaction = live.now;
        int limit = transaction.terms().policy().retryLimit();
        if (limit == 0 || !isOwed(transaction, failed.branchIndex(), Operation.ACTION)) {
            return new Reply.Done(transaction, false);
        }
        Draft draft = draft(live);
        noteError(draft, failed.branchIndex(), failed.detail());
        if (draft.countFailedAttempt() > limit) {
            draft.apply(Event.RETRIES_EXHAUSTED, "RetryCount is greater than RetryLimit, RetryLimit: " + limit);
        }
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply errorNoted(Command.ErrorNoted noted) {
        Live live = byGid.get(noted.gid());
        if (live == null || noted.branchIndex() >= live.now.branches().size()) {
            return notFound(noted.gid());
        }
        if (!isOwed(live.now, noted.branchIndex(), noted.operation())) {
            return new Reply.Done(live.now, false);
        }
        Draft draft = draft(live);
        noteError(draft, noted.branchIndex(), noted.detail());
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply attentionNeeded(Command.AttentionNeeded needed) {
        Live live = byGid.get(needed.gid());
        if (live == null) {
            return notFound(needed.gid());
        }
        if (live.now.state().isFinished() || live.now.needsAttention()) {
            return new Reply.Done(live.now, false);
        }
        Draft draft = draft(live);
        draft.needAttention(cut(needed.reason()));
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply operate(Command.Operate order) {
        Live live = byGid.get(order.gid());
        if (live == null) {
            return notFound(order.gid());
        }
        if (live.now.state().isFinished()) {
            return refused(ErrorCode.WRONG_STATE, "it is finished: state " + live.now.state(), live.now);
        }
        if (order.reason().isBlank() && order.action() == Command.OperatorAction.SETTLE) {
            return refused(ErrorCode.INVALID, "settling by hand needs a reason", live.now);
        }
        if (live.now.audit().size() >= MAX_AUDIT_LINES && order.action() != Command.OperatorAction.SETTLE
                && !(order.action() == Command.OperatorAction.RESUME && live.now.isPaused())) {
            return refused(ErrorCode.TOO_LARGE, "its audit trail has " + MAX_AUDIT_LINES + " lines", live.now);
        }
        Draft draft = draft(live);
        draft.audit(order.action(), cut(order.actor()), cut(order.reason()));
        switch (order.action()) {
            case RETRY -> step.nudged.add(order.gid());
            case PAUSE ->
                draft.pause(order.reason().isBlank() ? cut("paused by " + order.actor()) : cut(order.reason()));
            case RESUME -> draft.resume();
            case SETTLE -> draft.apply(Event.SETTLED, cut(order.reason()));
        }
        commit(live, draft);
        return new Reply.Done(live.now, true);
    }

    private Reply boot(Command.Boot boot) {
        Check.that(boot.bootNumber() > bootNumber, "boot number %s after %s", boot.bootNumber(), bootNumber);
        bootNumber = boot.bootNumber();
        limits = boot.limits();
        return new Reply.Noted();
    }

    private Reply activate(Command.Activate activate) {
        Check.that(activate.version() <= VERSION, "core version %s is newer than this build's %s", activate.version(),
                VERSION);
        activeVersion = activate.version();
        return new Reply.Noted();
    }

    /** A deadline decides; a long silence asks for attention. Which of the two it is follows from the state. */
    private void fire(Timer timer) {
        Live live = byGid.get(timer.gid);
        if (live == null || live.now.state().isFinished()) {
            return;
        }
        Transaction transaction = live.now;
        Draft draft = draft(live);
        long deadlineAt = transaction.terms().deadlineAtMillis();
        if (transaction.state().isUndecided() && deadlineAt != 0 && deadlineAt <= nowMillis) {
            draft.apply(Event.DEADLINE_PASSED,
                    "Timeout after " + seconds(transaction.terms().deadlineMillis()) + " seconds");
        } else if (attentionAt(transaction) <= nowMillis) {
            draft.needAttention("no progress for " + ATTENTION_AFTER_MILLIS / 1_000 + " seconds");
        }
        commit(live, draft);
    }

    private static String seconds(long millis) {
        return millis % 1_000 == 0
                ? Long.toString(millis / 1_000)
                : millis / 1_000 + "." + String.valueOf(1_000 + millis % 1_000).substring(1);
    }

    private void addBranches(Draft draft, Collection<BranchSpec> specs) {
        int index = draft.branchCount();
        for (BranchSpec spec : specs) {
            if (spec.payload().sizeBytes() > 0) {
                step.kept.add(new KeptBody(draft.terms.gid(), index, BodyKind.PAYLOAD, spec.payload()));
            }
            index++;
        }
        draft.addBranches(specs);
    }

    private void keepTryResults(Draft draft, List<Command.TryResult> results) {
        for (Command.TryResult result : results) {
            for (int i = 0; i < draft.branchCount(); i++) {
                if (draft.branch(i).branchId().equals(result.branchId())) {
                    draft.replaceBranch(i, draft.branch(i).withTryResultBytes(result.payload().sizeBytes()));
                    step.kept.add(new KeptBody(draft.terms.gid(), i, BodyKind.TRY_RESULT, result.payload()));
                }
            }
        }
    }

    private String branchProblem(Collection<BranchSpec> specs, int alreadyThere) {
        return specs.size() + alreadyThere <= limits.maxBranches()
                ? ""
                : "a transaction has at most " + limits.maxBranches() + " branches, this one would have "
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
                : deadlineMillis > Long.MAX_VALUE - nowMillis ? Long.MAX_VALUE : nowMillis + deadlineMillis;
    }

    private void noteError(Draft draft, int branchIndex, String detail) {
        Branch branch = draft.branch(branchIndex);
        draft.replaceBranch(branchIndex, branch.withOutcomeNote(branch.alreadyDone(), cut(detail)));
    }

    private Draft draft(Live live) {
        return new Draft(live.now, nowMillis, step.wallMillis);
    }

    private void commit(Live live, Draft draft) {
        step.touch(live);
        live.now = draft.freeze();
        settle(live);
    }

    /** Brings everything that depends on a transaction's state in line with it. */
    private void settle(Live live) {
        long bytes = live.now.state().isFinished() ? 0 : estimateBytes(live.now);
        liveBytes += bytes - live.liveBytes;
        live.liveBytes = bytes;
        timers.set(live.timer, wakeAt(live.now));
        if (live.now.state().isFinished()) {
            unfinished--;
            finished.add(live);
        }
    }

    private void evict() {
        while (finished.size() > limits.maxFinished()) {
            Live oldest = finished.remove();
            Check.that(oldest.now.state().isFinished(), "unfinished %s would be evicted", oldest.now.gid());
            byGid.remove(oldest.now.gid());
            byCreation.remove(oldest);
            evictedThrough = sequence;
            step.evicted.add(oldest.now.gid());
        }
    }

    private static long wakeAt(Transaction transaction) {
        if (transaction.state().isFinished()) {
            return Long.MAX_VALUE;
        }
        long deadlineAt = transaction.terms().deadlineAtMillis();
        long decideAt = transaction.state().isUndecided() && deadlineAt != 0 ? deadlineAt : Long.MAX_VALUE;
        return Math.min(decideAt, attentionAt(transaction));
    }

    private static long attentionAt(Transaction transaction) {
        return transaction.needsAttention() || transaction.isPaused()
                ? Long.MAX_VALUE
                : transaction.progressAtMillis() + ATTENTION_AFTER_MILLIS;
    }

    static long estimateBytes(Transaction transaction) {
        Attributes attributes = transaction.terms().attributes();
        long bytes = 512 + attributes.customData().length() + attributes.businessKey().length()
                + attributes.traceparent().length();
        for (Attributes.Header header : attributes.headers()) {
            bytes += 64 + header.name().length() + header.value().length();
        }
        for (List<Integer> predecessors : transaction.terms().order().predecessors()) {
            bytes += 24 + 4L * predecessors.size();
        }
        for (Transaction.Audit line : transaction.audit()) {
            bytes += 96 + line.actor().length() + line.reason().length();
        }
        for (Branch branch : transaction.branches()) {
            bytes += 160 + branch.branchId().length() + branch.forwardUrl().length() + branch.backwardUrl().length()
                    + branch.payloadBytes() + Math.max(0, branch.tryResultBytes());
        }
        return bytes;
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

    /** {@code text}, or its first {@link #MAX_TEXT} characters. */
    public static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        // Half of a surrogate pair could not be written to the log and read back.
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end);
    }

    private static Reply refused(ErrorCode code, String message, @Nullable Transaction transaction) {
        return new Reply.Refused(code, message, transaction);
    }

    private static Reply notFound(String gid) {
        return refused(ErrorCode.NOT_FOUND, "no transaction with gid " + gid, null);
    }

    /** Whether a call is owed in this state. */
    private static boolean isOwed(Transaction transaction, int branchIndex, Operation operation) {
        return !transaction.state().isFinished()
                && transaction.branches().get(branchIndex).progress(operation) == Progress.OWED
                && operationOf(transaction) == operation;
    }

    /** The operation that is owed to branches in this state, if any is. */
    private static @Nullable Operation operationOf(Transaction transaction) {
        return switch (transaction.state()) {
            case CONFIRMING -> Operation.CONFIRM;
            case CANCELLING -> Operation.CANCEL;
            case RUNNING -> Operation.ACTION;
            case COMPENSATING -> Operation.COMPENSATE;
            case TRYING, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> null;
        };
    }

    private static boolean isCalled(@Nullable Transaction transaction, int branchIndex, Operation operation) {
        return transaction != null && !transaction.isPaused() && branchIndex < transaction.branches().size()
                && isOwed(transaction, branchIndex, operation);
    }

    /** Visits everything that is owed now, in the order of creation. This is what a dispatcher starts from after a restart. */
    public void forEachObligation(Consumer<Obligation> visitor) {
        for (Live live = byCreation.atOrAfter(0); live != null; live = byCreation.atOrAfter(live.ordinal + 1)) {
            Operation operation = operationOf(live.now);
            for (int i = 0; operation != null && i < live.now.branches().size(); i++) {
                if (isCalled(live.now, i, operation)) {
                    visitor.accept(new Obligation(live.now, i, operation));
                }
            }
        }
    }

    /** Visits transactions in the order of creation, from a position on, until {@code visitor} returns false. */
    public void forEach(long fromOrdinal, Visitor visitor) {
        Live live = byCreation.atOrAfter(fromOrdinal);
        while (live != null && visitor.visit(live.ordinal, live.now)) {
            live = byCreation.atOrAfter(live.ordinal + 1);
        }
    }

    /** Sees one transaction; returns whether to go on. */
    public interface Visitor {
        boolean visit(long ordinal, Transaction transaction);
    }

    /** The transaction, unfinished or finished and not yet evicted; null if unknown. */
    public @Nullable Transaction find(String gid) {
        Live live = byGid.get(gid);
        return live == null ? null : live.now;
    }

    /** Sequence of the last applied entry. */
    public long sequence() {
        return sequence;
    }

    /** Logical time of the last applied entry. */
    public long nowMillis() {
        return nowMillis;
    }

    /** Number of the last boot; 0 for a new log. */
    public long bootNumber() {
        return bootNumber;
    }

    public int activeVersion() {
        return activeVersion;
    }

    /** Unfinished transactions. */
    public int unfinished() {
        return unfinished;
    }

    /** Finished transactions still kept. */
    public int finishedKept() {
        return finished.size();
    }

    /** Estimated bytes of unfinished transactions with their bodies. */
    public long liveBytes() {
        return liveBytes;
    }

    /** The last entry that made a finished transaction leave; 0 for none. */
    public long evictedThrough() {
        return evictedThrough;
    }

    public Limits limits() {
        return limits;
    }

    /** When the next timer is due, in logical time; {@link Long#MAX_VALUE} for none. */
    public long nextWakeAtMillis() {
        return timers.nextWakeAtMillis();
    }

    /** A hash over the whole state in canonical order: equal for equal entries, in every process. */
    public String stateHash() {
        return StateHash.of(this, new ArrayList<>(byGid.keySet()));
    }

    /** What the entry being applied leads to. One object, reused, so that a step allocates only what leaves it. */
    private final class Step {
        private long wallMillis;
        private List<Reply> replies = List.of();
        private List<KeptBody> kept = List.of();
        private List<String> nudged = List.of();
        private List<String> evicted = List.of();
        private final List<Live> touched = new ArrayList<>();

        void begin(Entry entry) {
            wallMillis = entry.wallMillis();
            replies = new ArrayList<>(entry.commands().size());
            kept = new ArrayList<>(0);
            nudged = new ArrayList<>(0);
            evicted = new ArrayList<>(finished.size() >= limits.maxFinished() ? entry.commands().size() : 0);
        }

        void created(Live live) {
            live.touched = true;
            touched.add(live);
        }

        void touch(Live live) {
            if (!live.touched) {
                live.touched = true;
                live.before = live.now;
                touched.add(live);
            }
        }

        Outcome end() {
            List<Obligation> owed = new ArrayList<>();
            List<Obligation> withdrawn = new ArrayList<>();
            List<Transaction> changed = new ArrayList<>(touched.size());
            for (Live live : touched) {
                changed.add(live.now);
                addOwed(live.before, live.now, owed);
                if (live.before != null) {
                    addOwed(live.now, live.before, withdrawn);
                }
                live.touched = false;
                live.before = null;
            }
            touched.clear();
            return new Outcome(replies, kept, owed, withdrawn, nudged, changed, evicted, timers.nextWakeAtMillis());
        }

        /** Adds what is called in {@code in} and was not called in {@code notIn}. */
        private void addOwed(@Nullable Transaction notIn, Transaction in, List<Obligation> to) {
            Operation operation = operationOf(in);
            for (int i = 0; operation != null && i < in.branches().size(); i++) {
                if (isCalled(in, i, operation) && !isCalled(notIn, i, operation)) {
                    to.add(new Obligation(in, i, operation));
                }
            }
        }
    }
}
