package io.holdfast.core;

import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Outcome.Obligation;
import io.holdfast.core.TimerWheel.Timer;
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

    /** But not while it is undecided and its caller has sent a heartbeat within this time (logical milliseconds). */
    public static final long HEARTBEAT_COUNTS_MILLIS = 30_000;

    private final Ledger ledger = new Ledger();
    private final CallerCommands caller = new CallerCommands(ledger);
    private final CallCommands call = new CallCommands(ledger);
    private final OperatorCommands operator = new OperatorCommands(ledger);

    private long bootNumber;
    private int activeVersion = VERSION;
    private long timersFired;
    private long deadlinesPassed;
    private long foundStill;

    /**
     * Applies one entry.
     *
     * @throws IllegalStateException if the entry is out of order or an invariant breaks: a bug, after which this object must
     *                               not be used any more
     */
    public Outcome step(Entry entry) {
        ledger.begin(entry);
        for (Command command : entry.commands()) {
            ledger.changes.reply(apply(command));
        }
        for (Timer timer : ledger.dueTimers()) {
            fire(timer);
        }
        return ledger.end();
    }

    private Reply apply(Command command) {
        return switch (command) {
            case Command.Begin begin -> caller.begin(begin);
            case Command.Register register -> caller.register(register);
            case Command.Decide decide -> caller.decide(decide);
            case Command.Answered answered -> call.answered(answered);
            case Command.AttemptFailed failed -> call.attemptFailed(failed);
            case Command.ErrorNoted noted -> call.errorNoted(noted);
            case Command.AttentionNeeded needed -> call.attentionNeeded(needed);
            case Command.Heartbeat beat -> caller.heartbeat(beat);
            case Command.Operate operate -> operator.operate(operate);
            case Command.Boot boot -> boot(boot);
            case Command.Activate activate -> activate(activate);
        };
    }

    private Reply boot(Command.Boot boot) {
        Check.that(boot.bootNumber() > bootNumber, "boot number %s after %s", boot.bootNumber(), bootNumber);
        bootNumber = boot.bootNumber();
        ledger.limits(boot.limits());
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
        Live live = ledger.live(timer.gid);
        if (live == null || live.now.state().isFinished()) {
            return;
        }
        timersFired++;
        Transaction transaction = live.now;
        Draft draft = ledger.draft(live);
        long deadlineAt = transaction.terms().deadlineAtMillis();
        if (transaction.state().isUndecided() && deadlineAt != 0 && deadlineAt <= ledger.nowMillis()) {
            deadlinesPassed++;
            draft.apply(Event.DEADLINE_PASSED,
                    "Timeout after " + seconds(transaction.terms().deadlineMillis()) + " seconds");
        } else if (Ledger.attentionAt(transaction) <= ledger.nowMillis()) {
            foundStill++;
            draft.needAttention(silence(transaction));
        }
        ledger.commit(live, draft);
    }

    /** What timers have done since this object was made: no state, and nothing that a replay has to bring back. */
    public Healing healing() {
        return new Healing(timersFired, deadlinesPassed, foundStill);
    }

    private static String silence(Transaction transaction) {
        String progress = "no progress for " + ATTENTION_AFTER_MILLIS / 1_000 + " seconds";
        return transaction.state() == State.TRYING && transaction.heartbeatAtMillis() != 0
                ? progress + " and no heartbeat for " + HEARTBEAT_COUNTS_MILLIS / 1_000 + " seconds"
                : progress;
    }

    private static String seconds(long millis) {
        return millis % 1_000 == 0
                ? Long.toString(millis / 1_000)
                : millis / 1_000 + "." + String.valueOf(1_000 + millis % 1_000).substring(1);
    }

    /** Visits everything that is owed now, in the order of creation. This is what a dispatcher starts from after a restart. */
    public void forEachObligation(Consumer<Obligation> visitor) {
        for (Live live = ledger.atOrAfter(0); live != null; live = ledger.atOrAfter(live.ordinal + 1)) {
            Operation operation = Owed.operationOf(live.now);
            for (int i = 0; operation != null && i < live.now.branches().size(); i++) {
                if (Owed.isCalled(live.now, i, operation)) {
                    visitor.accept(new Obligation(live.now, i, operation));
                }
            }
        }
    }

    /** Visits transactions in the order of creation, from a position on, until {@code visitor} returns false. */
    public void forEach(long fromOrdinal, Visitor visitor) {
        Live live = ledger.atOrAfter(fromOrdinal);
        while (live != null && visitor.visit(live.ordinal, live.now)) {
            live = ledger.atOrAfter(live.ordinal + 1);
        }
    }

    /** Sees one transaction; returns whether to go on. */
    public interface Visitor {
        boolean visit(long ordinal, Transaction transaction);
    }

    /** The transaction, unfinished or finished and not yet evicted; null if unknown. */
    public @Nullable Transaction find(String gid) {
        Live live = ledger.live(gid);
        return live == null ? null : live.now;
    }

    /** The transaction that has this business key; null if none does that is still here. */
    public @Nullable Transaction findByBusinessKey(String businessKey) {
        Live live = ledger.liveOfKey(businessKey);
        return live == null ? null : live.now;
    }

    /**
     * Takes a cut of the state after the last entry: what has changed since the last one. Whoever takes it stores it, or lets
     * the process end; the next cut builds on it.
     */
    public Cut cut() {
        return ledger.cut(bootNumber, activeVersion);
    }

    /** Transactions that a cut would have to write now. */
    public int changedSinceCut() {
        return ledger.changedSinceCut();
    }

    /** Begins the restoration of a state from a cut; {@link Restoration#core} ends it. */
    public static Restoration restore(Cut.Header header) {
        return new Restoration(header);
    }

    /** Takes back what cuts and archive hold. Not thread-safe. */
    public static final class Restoration {

        private final Core core = new Core();
        private final Cut.Header header;

        private Restoration(Cut.Header header) {
            this.header = header;
            core.bootNumber = header.bootNumber();
            core.activate(new Command.Activate(header.activeVersion()));
            core.ledger.restore(header);
        }

        /** One of the unfinished, in any order. */
        public void unfinished(Unfinished transaction) {
            core.ledger.restore(transaction);
        }

        /** One of the last {@link Cut.Header#finishedKept}, in the order of finishing. */
        public void finished(Finished transaction) {
            core.ledger.restore(transaction);
        }

        /**
         * The core, complete.
         *
         * @throws IllegalStateException if finished transactions are missing
         */
        public Core core() {
            Check.that(core.finishedKept() == header.finishedKept(),
                    "the cut kept %s finished transactions, restored %s",
                    header.finishedKept(), core.finishedKept());
            return core;
        }
    }

    /** How many transactions ever finished; the last {@link #finishedKept} of them are kept. */
    public long finishedOrdinals() {
        return ledger.finishedOrdinals();
    }

    /** Sequence of the last applied entry. */
    public long sequence() {
        return ledger.sequence();
    }

    /** Logical time of the last applied entry. */
    public long nowMillis() {
        return ledger.nowMillis();
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
        return ledger.unfinished();
    }

    /** Unfinished transactions that somebody should look at. */
    public int needAttention() {
        return ledger.needAttention();
    }

    /** Unfinished transactions that an operator has paused. */
    public int paused() {
        return ledger.paused();
    }

    /** When the first of the unfinished transactions was created, in wall time; 0 if there is none. */
    public long oldestUnfinishedWallMillis() {
        Live oldest = ledger.oldestUnfinished();
        return oldest == null ? 0 : oldest.now.terms().createdWallMillis();
    }

    /** Finished transactions still kept. */
    public int finishedKept() {
        return ledger.finishedKept();
    }

    /** Estimated bytes of unfinished transactions with their bodies. */
    public long liveBytes() {
        return ledger.liveBytes();
    }

    /** The entry in which the last one finished that has left; 0 for none. */
    public long evictedThrough() {
        return ledger.evictedThrough();
    }

    public Limits limits() {
        return ledger.limits();
    }

    /** When the next timer is due, in logical time; {@link Long#MAX_VALUE} for none. */
    public long nextWakeAtMillis() {
        return ledger.nextWakeAtMillis();
    }

    /** A hash over the whole state in canonical order: equal for equal entries, in every process. */
    public String stateHash() {
        return StateHash.of(this, ledger);
    }
}
