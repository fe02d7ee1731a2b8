package io.holdfast.engine.dispatch;

import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.Payload;
import io.holdfast.core.Text;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Clock;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.WellFormed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Owed minus in flight is the work. Owned by one thread: every method but the constructor is called by it; results of calls
 * come back through {@link Outbox#ended}, which hands them to that thread.
 * <p>
 * Two rules keep participants safe. A branch has at most one call under way, so a compensation waits for the end of the action
 * it undoes, which the call's time-out bounds. And what was withdrawn is never started, so nothing is called that the log does
 * not owe (a call already under way when it is withdrawn ends, and its answer is ignored by the core).
 */
public final class Dispatcher {

    /** What the dispatcher asks of the engine. */
    public interface Outbox {
        /** Logs an answer or a diagnosis. Never refused: calls in flight are bounded. */
        void propose(Command command);

        /** Called on any thread when a call has ended: must lead to {@link Dispatcher#ended} on the owner's thread. */
        void ended(Object ticket, Result result);

        /**
         * The body to send: the Try result for a Confirm that has one, else the payload.
         *
         * @throws StorageException if it cannot be read, or is no longer there because the transaction has finished meanwhile
         */
        Payload body(Transaction transaction, int branchIndex, Operation operation) throws StorageException;
    }

    private final Participants participants;
    private final Outbox outbox;
    private final Clock clock;
    private final RandomGenerator random;
    private final DispatchOptions options;

    private final Map<String, List<Task>> byGid = new HashMap<>();
    private final Map<BranchKey, Task> inFlightByBranch = new HashMap<>();
    private final Map<BranchKey, Task> behindByBranch = new HashMap<>();
    private final Map<String, Target> targets = new HashMap<>();
    /** Those whose breaker is open. */
    private final Set<Target> open = new LinkedHashSet<>();
    private final ArrayDeque<Target> round = new ArrayDeque<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>((a, b) -> Long.signum(a.atNanos - b.atNanos));
    private long bootNumber;
    private long epochSequence;
    private int inFlight;
    private boolean draining;
    private long callsStarted;
    private long callsFailed;

    private record BranchKey(String gid, int branchIndex) {}

    private record Due(Task task, int timing, long atNanos) {}

    public Dispatcher(Participants participants, Outbox outbox, Clock clock, RandomGenerator random,
            DispatchOptions options) {
        this.participants = participants;
        this.outbox = outbox;
        this.clock = clock;
        this.random = random;
        this.options = options;
    }

    /** Sets the first part of the epochs that calls carry. */
    public void boot(long number) {
        bootNumber = number;
    }

    /** Adds what is owed from now on. */
    public void owe(List<Obligation> obligations) {
        for (Obligation obligation : obligations) {
            String authority = Authority.of(obligation.branch().url(obligation.operation()));
            Target target = targets.computeIfAbsent(authority, a -> new Target(a, options));
            Task task = new Task(obligation, target);
            target.owed();
            byGid.computeIfAbsent(task.gid(), g -> new ArrayList<>(2)).add(task);
            enqueue(task);
        }
    }

    /** Takes away what is no longer owed. */
    public void withdraw(List<Obligation> obligations) {
        for (Obligation obligation : obligations) {
            String gid = obligation.transaction().gid();
            List<Task> tasks = byGid.get(gid);
            if (tasks == null) {
                continue;
            }
            for (Iterator<Task> i = tasks.iterator(); i.hasNext();) {
                Task task = i.next();
                if (task.is(obligation)) {
                    i.remove();
                    withdraw(task);
                }
            }
            if (tasks.isEmpty()) {
                byGid.remove(gid);
            }
        }
    }

    /** Takes away everything that is owed: somebody else sees to it. */
    public void withdrawAll() {
        for (List<Task> tasks : byGid.values()) {
            tasks.forEach(this::withdraw);
        }
        byGid.clear();
    }

    private void withdraw(Task task) {
        task.target.waiting.remove(task);
        if (task.phase == Task.Phase.BEHIND) {
            behindByBranch.remove(key(task), task);
        }
        task.phase = Task.Phase.WITHDRAWN;
        task.target.released();
        forgetIfUnused(task.target);
    }

    /** Skips the back-off of everything that is owed to these transactions. */
    public void nudge(List<String> gids) {
        for (String gid : gids) {
            for (Task task : byGid.getOrDefault(gid, List.of())) {
                task.target.probeNow(clock.nanos());
                if (task.phase == Task.Phase.WAITING) {
                    task.target.waiting.remove(task);
                    enqueue(task);
                } else {
                    enterRound(task.target);
                }
            }
        }
    }

    /** Starts no more calls; those under way may end. */
    public void drain() {
        draining = true;
    }

    public int inFlight() {
        return inFlight;
    }

    /** Calls started since this process started. */
    public long callsStarted() {
        return callsStarted;
    }

    /** Calls that ended without a definite answer since this process started. */
    public long callsFailed() {
        return callsFailed;
    }

    /** Targets whose breaker is open. */
    public long openTargets() {
        return open.size();
    }

    /** Transactions to which a call is owed. */
    public int transactionsOwed() {
        return byGid.size();
    }

    /** Whether nothing is left of what was owed once: for tests of what is kept in memory. */
    boolean remembersNothing() {
        return byGid.isEmpty() && inFlightByBranch.isEmpty() && behindByBranch.isEmpty() && targets.isEmpty()
                && open.isEmpty() && inFlight == 0;
    }

    /** Diagnostics of one transaction. */
    public List<PendingCall> pending(String gid) {
        long now = clock.nanos();
        List<PendingCall> calls = new ArrayList<>();
        for (Task task : byGid.getOrDefault(gid, List.of())) {
            long wait = task.phase == Task.Phase.WAITING ? Math.max(0, task.dueNanos - now) : 0;
            long ago = task.attempts == 0 ? -1 : (now - task.startedAtNanos) / 1_000_000;
            calls.add(new PendingCall(task.branchIndex, task.operation.wireName(), task.attempts, task.lastError, ago,
                    wait / 1_000_000, task.phase == Task.Phase.IN_FLIGHT,
                    task.phase == Task.Phase.QUEUED && !task.target.isOpen() && !hasRoom()));
        }
        return calls;
    }

    /** Starts what is due. Returns how many calls it started. */
    public int poll() {
        wakeDue();
        if (draining) {
            return 0;
        }
        int started = 0;
        long now = clock.nanos();
        for (int rounds = round.size(); rounds > 0 && hasRoom(); rounds--) {
            Target target = round.remove();
            target.inRound = false;
            // One call per turn, so that a target with a long queue does not keep the others waiting.
            while (hasRoom() && target.mayStart(now)) {
                Task task = target.next();
                if (task != null && task.phase == Task.Phase.QUEUED && start(task)) {
                    started++;
                    enterRound(target);
                    break;
                }
            }
        }
        return started;
    }

    /** How long {@link #poll} has nothing to do unless something arrives; {@link Long#MAX_VALUE} for ever. */
    public long idleNanos() {
        if (draining) {
            return Long.MAX_VALUE;
        }
        boolean hasRoom = hasRoom();
        if (!round.isEmpty() && hasRoom) {
            return 0;
        }
        long now = clock.nanos();
        long idle = due.isEmpty() ? Long.MAX_VALUE : Math.max(0, due.peek().atNanos - now);
        // While nothing more may start, a probe that is due is no work.
        if (hasRoom) {
            for (Target target : open) {
                idle = Math.min(idle, target.probeInNanos(now));
            }
        }
        return idle;
    }

    private boolean hasRoom() {
        return inFlight < options.maxInFlight() && participants.room() > 0;
    }

    /** How many calls could be under way if there were more room for them. */
    public int waitingForRoom() {
        if (hasRoom()) {
            return 0;
        }
        long waiting = 0;
        for (Target target : targets.values()) {
            waiting += target.couldStart();
        }
        return (int) Math.min(Integer.MAX_VALUE, waiting);
    }

    private void enqueue(Task task) {
        task.target.enqueue(task);
        enterRound(task.target);
    }

    private void enterRound(Target target) {
        if (!target.inRound) {
            target.inRound = true;
            round.add(target);
        }
    }

    private void wakeDue() {
        long now = clock.nanos();
        while (!due.isEmpty() && due.peek().atNanos - now <= 0) {
            Due next = due.remove();
            Task task = next.task;
            if (task.phase == Task.Phase.WAITING && task.timing == next.timing) {
                task.target.waiting.remove(task);
                enqueue(task);
            }
        }
        for (Iterator<Target> i = open.iterator(); i.hasNext();) {
            Target target = i.next();
            if (target.isStale(now)) {
                i.remove();
                targets.remove(target.authority, target);
            } else if (target.probeInNanos(now) == 0) {
                enterRound(target);
            }
        }
    }

    private boolean start(Task task) {
        BranchKey key = key(task);
        if (inFlightByBranch.containsKey(key)) {
            task.phase = Task.Phase.BEHIND;
            behindByBranch.put(key, task);
            return false;
        }
        inFlightByBranch.put(key, task);
        task.phase = Task.Phase.IN_FLIGHT;
        task.fresh = false;
        task.attempts++;
        task.startedAtNanos = clock.nanos();
        task.probe = task.target.started();
        inFlight++;
        callsStarted++;
        Payload body;
        try {
            body = outbox.body(task.transaction, task.branchIndex, task.operation);
        } catch (StorageException e) {
            outbox.ended(task, new Result.Unknown(Participants.Trouble.NO_BODY, String.valueOf(e.getMessage())));
            return true;
        }
        Attributes attributes = task.transaction.terms().attributes();
        CallPolicy policy = task.transaction.terms().policy();
        participants.call(
                new Participants.Call(task.gid(), task.transaction.mode(), task.branch().branchId(), task.operation,
                        task.branch().url(task.operation), body, attributes.headers(), policy.requestTimeoutMillis(),
                        attributes.traceparent(), attributes.wire(),
                        bootNumber + "." + ++epochSequence),
                result -> outbox.ended(task, result));
        return true;
    }

    /** Takes the result of a call, on the owner's thread. */
    public void ended(Object ticket, Result result) {
        Task task = (Task) ticket;
        inFlight--;
        BranchKey key = key(task);
        inFlightByBranch.remove(key);
        Task behind = behindByBranch.remove(key);
        if (behind != null) {
            enqueue(behind);
        }
        // Before this one begins to wait: it has had its turn.
        if (tellTarget(task, result)) {
            wakeAll(task.target);
        }
        if (task.phase == Task.Phase.IN_FLIGHT) {
            conclude(task, result);
        }
        enterRound(task.target);
        forgetIfUnused(task.target);
    }

    /** Returns whether the target has just come back. */
    private boolean tellTarget(Task task, Result result) {
        Target target = task.target;
        target.ended(task.probe);
        boolean cameBack = switch (result) {
            case Result.Success success -> target.answered();
            case Result.Failure failure -> target.answered();
            case Result.Ongoing ongoing -> target.answered();
            case Result.HandedBack nothing -> false;
            case Result.Unknown unknown -> switch (unknown.trouble()) {
                case UNEXPECTED_ANSWER -> target.answered();
                // It says nothing about the target.
                case NO_BODY, WORKER_LOST -> false;
                case NOT_CONNECTED, NOT_ALLOWED -> {
                    target.notConnected(task.probe, clock.nanos(), random);
                    yield false;
                }
                case TIMED_OUT, CONNECTION_LOST -> {
                    target.timedOut(task.probe, clock.nanos());
                    yield false;
                }
            };
        };
        if (target.isOpen()) {
            open.add(target);
        } else {
            open.remove(target);
        }
        return cameBack;
    }

    private void conclude(Task task, Result result) {
        switch (result) {
            case Result.Success success -> answer(task, true, success.alreadyDone(), "");
            case Result.Failure failure -> {
                if (task.operation == Operation.ACTION) {
                    answer(task, false, false, loggable(failure.detail()));
                } else {
                    // Phase 2 knows no failure: whatever the participant means by it, the decision stands.
                    failed(task, "answered FAILURE, which only an action may: " + failure.detail(), "answered FAILURE");
                }
            }
            case Result.Ongoing ongoing -> {
                task.lastError = "ongoing";
                task.failures = 0;
                waitFor(task, task.transaction.terms().policy().ongoingMillis() * 1_000_000L);
            }
            case Result.Unknown unknown -> failed(task, unknown.detail(), errorClass(unknown));
            case Result.HandedBack nothing -> {
                task.attempts--;
                enqueue(task);
            }
        }
    }

    private void answer(Task task, boolean success, boolean alreadyDone, String detail) {
        task.phase = Task.Phase.ANSWERED;
        outbox.propose(
                new Command.Answered(task.gid(), task.branchIndex, task.operation, success, alreadyDone, detail));
    }

    private void failed(Task task, String said, String saidClass) {
        String detail = loggable(said);
        String errorClass = loggable(saidClass);
        task.failures++;
        callsFailed++;
        task.lastError = detail;
        CallPolicy policy = task.transaction.terms().policy();
        if (task.operation == Operation.ACTION && policy.retryLimit() > 0) {
            outbox.propose(new Command.AttemptFailed(task.gid(), task.branchIndex, detail));
        } else {
            noteError(task, errorClass);
        }
        if (task.failures == options.attentionAttempts()) {
            outbox.propose(new Command.AttentionNeeded(task.gid(), task.operation.wireName() + " of branch "
                    + task.branch().branchId() + " at " + task.target.authority + " failed " + task.failures
                    + " times, last: " + detail));
        }
        waitFor(task, Backoff.afterFailureNanos(policy, task.failures, random));
    }

    /** What participants say may be malformed or longer than an entry: neither may stop this thread or block the log. */
    private static String loggable(String said) {
        return WellFormed.repaired(Text.clip(said));
    }

    private void noteError(Task task, String errorClass) {
        long now = clock.nanos();
        boolean longAgo = task.notedError.isEmpty()
                || now - task.notedAtNanos >= options.errorNoteMillis() * 1_000_000L;
        // The first failure of a call that then succeeds is not worth a log record.
        if (task.failures >= 2 && !task.notedError.equals(errorClass) && longAgo) {
            task.notedError = errorClass;
            task.notedAtNanos = now;
            outbox.propose(new Command.ErrorNoted(task.gid(), task.branchIndex, task.operation, errorClass));
        }
    }

    private static String errorClass(Result.Unknown unknown) {
        return switch (unknown.trouble()) {
            case NOT_CONNECTED -> "no connection";
            case TIMED_OUT -> "no answer in time";
            case CONNECTION_LOST -> "connection lost";
            case UNEXPECTED_ANSWER -> unknown.detail();
            case NOT_ALLOWED -> "address not allowed";
            case NO_BODY -> "payload cannot be read";
            case WORKER_LOST -> "worker lost";
        };
    }

    private void waitFor(Task task, long nanos) {
        task.phase = Task.Phase.WAITING;
        task.dueNanos = clock.nanos() + nanos;
        task.timing++;
        task.target.waiting.add(task);
        due.add(new Due(task, task.timing, task.dueNanos));
    }

    private void wakeAll(Target target) {
        for (Task task : List.copyOf(target.waiting)) {
            target.waiting.remove(task);
            task.timing++;
            enqueue(task);
        }
    }

    /** A breaker that is open is worth remembering a little longer. */
    private void forgetIfUnused(Target target) {
        if (target.isUnused() && !target.isOpen()) {
            targets.remove(target.authority, target);
        }
    }

    private static BranchKey key(Task task) {
        return new BranchKey(task.gid(), task.branchIndex);
    }
}
