package io.holdfast.core;

import io.holdfast.api.State;
import io.holdfast.core.TimerWheel.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every transaction that the core knows, with what hangs on its state: timer, bounds, order. Commands change one through a
 * {@link Draft} that they {@link #commit}. Not thread-safe; owned by the core.
 */
final class Ledger {

    final Changes changes = new Changes();

    private final Map<String, Live> byGid = new HashMap<>();
    /** Only those that have one. */
    private final Map<String, Live> byBusinessKey = new HashMap<>();
    private final CreationOrder byCreation = new CreationOrder();
    private final ArrayDeque<Live> finished = new ArrayDeque<>();
    private final TimerWheel timers = new TimerWheel();
    /** Unfinished ones that the last cut does not hold in their present state. */
    private final ArrayList<Live> changedSinceCut = new ArrayList<>();
    private ArrayList<Cut.Removed> removedSinceCut = new ArrayList<>();

    private Limits limits = Limits.DEFAULT;
    private long sequence;
    private long nowMillis;
    private long wallMillis;
    private int unfinished;
    private int needAttention;
    private int paused;
    /** No unfinished transaction has a lower ordinal. */
    private long oldestFrom;
    private long liveBytes;
    private long finishedBytes;
    private long finishedOrdinals;
    private long evictedThrough;

    /** Starts an entry. */
    void begin(Entry entry) {
        Check.that(entry.sequence() == sequence + 1, "entry %s after %s", entry.sequence(), sequence);
        Check.that(entry.nowMillis() >= nowMillis, "time of entry %s went back", entry.sequence());
        sequence = entry.sequence();
        nowMillis = entry.nowMillis();
        wallMillis = entry.wallMillis();
        changes.begin(entry.commands().size());
    }

    /** The timers that are due at the time of this entry. */
    List<Timer> dueTimers() {
        return timers.advance(nowMillis);
    }

    /** Ends the entry. */
    Outcome end() {
        // Only now, so that a gid stands for one transaction throughout an entry.
        evict();
        return changes.end(timers.nextWakeAtMillis());
    }

    @Nullable
    Live live(String gid) {
        return byGid.get(gid);
    }

    @Nullable
    Live liveOfKey(String businessKey) {
        return businessKey.isEmpty() ? null : byBusinessKey.get(businessKey);
    }

    Draft draft(Live live) {
        return new Draft(live.now, nowMillis, wallMillis);
    }

    /** Takes in a new transaction. */
    Live create(Draft draft) {
        Live live = new Live(draft.freeze(), byCreation.nextOrdinal());
        byGid.put(live.now.gid(), live);
        indexKey(live);
        byCreation.add(live);
        unfinished++;
        changes.created(live);
        settle(live);
        return live;
    }

    private void indexKey(Live live) {
        String key = businessKey(live);
        if (!key.isEmpty()) {
            byBusinessKey.put(key, live);
        }
    }

    private static String businessKey(Live live) {
        return live.now.terms().attributes().businessKey();
    }

    void commit(Live live, Draft draft) {
        changes.touch(live);
        live.now = draft.freeze();
        settle(live);
    }

    /** Brings everything that depends on a transaction's state in line with it. */
    private void settle(Live live) {
        boolean ended = live.now.state().isFinished();
        long bytes = ended ? 0 : estimateBytes(live.now);
        liveBytes += bytes - live.liveBytes;
        live.liveBytes = bytes;
        timers.set(live.timer, wakeAt(live.now));
        countFlags(live, !ended);
        if (ended) {
            finish(live);
        } else if (live.changedIndex < 0) {
            live.changedIndex = changedSinceCut.size();
            changedSinceCut.add(live);
        }
    }

    private void countFlags(Live live, boolean isUnfinished) {
        boolean attention = isUnfinished && live.now.needsAttention();
        boolean isPaused = isUnfinished && live.now.isPaused();
        needAttention += (attention ? 1 : 0) - (live.countsAttention ? 1 : 0);
        paused += (isPaused ? 1 : 0) - (live.countsPaused ? 1 : 0);
        live.countsAttention = attention;
        live.countsPaused = isPaused;
    }

    private void finish(Live live) {
        unfinished--;
        live.finishedOrdinal = finishedOrdinals++;
        live.finishedSequence = sequence;
        keepFinished(live);
        changes.finished(new Finished(live.now, live.ordinal, live.finishedOrdinal, live.finishedSequence));
        if (live.changedIndex >= 0) {
            Live moved = changedSinceCut.removeLast();
            if (moved != live) {
                changedSinceCut.set(live.changedIndex, moved);
                moved.changedIndex = live.changedIndex;
            }
            live.changedIndex = -1;
        }
        if (live.inCut) {
            live.inCut = false;
            removedSinceCut.add(new Cut.Removed(live.now, live.ordinal));
        }
    }

    private void keepFinished(Live live) {
        live.finishedBytes = recordBytes(live.now);
        finishedBytes += live.finishedBytes;
        finished.add(live);
    }

    private void evict() {
        while (finished.size() > limits.maxFinished() || finishedBytes > limits.maxFinishedBytes()) {
            Live oldest = finished.remove();
            finishedBytes -= oldest.finishedBytes;
            Check.that(oldest.now.state().isFinished(), "unfinished %s would be evicted", oldest.now.gid());
            byGid.remove(oldest.now.gid());
            byBusinessKey.remove(businessKey(oldest), oldest);
            byCreation.remove(oldest);
            evictedThrough = oldest.finishedSequence;
            changes.evict(oldest.now.gid());
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

    /** When silence becomes worth a look. */
    static long attentionAt(Transaction transaction) {
        if (transaction.needsAttention() || transaction.isPaused()) {
            return Long.MAX_VALUE;
        }
        long stillAt = transaction.progressAtMillis() + Core.ATTENTION_AFTER_MILLIS;
        return transaction.state() == State.TRYING
                ? Math.max(stillAt, transaction.heartbeatAtMillis() + Core.HEARTBEAT_COUNTS_MILLIS)
                : stillAt;
    }

    /** Estimated bytes of a transaction with its bodies. */
    static long estimateBytes(Transaction transaction) {
        long bytes = recordBytes(transaction);
        for (Branch branch : transaction.branches()) {
            bytes += branch.payloadBytes() + Math.max(0, branch.tryResultBytes());
        }
        return bytes;
    }

    /** Estimated bytes without the bodies, which a finished transaction does not have any more. */
    private static long recordBytes(Transaction transaction) {
        Attributes attributes = transaction.terms().attributes();
        long bytes = 512 + attributes.customData().length() + attributes.businessKey().length()
                + attributes.traceparent().length();
        for (Attributes.Header header : attributes.headers()) {
            bytes += 64 + header.name().length() + header.value().length();
        }
        for (Attributes.Label label : attributes.labels()) {
            bytes += 64 + label.name().length() + label.value().length();
        }
        for (List<Integer> predecessors : transaction.terms().order().predecessors()) {
            bytes += 24 + 4L * predecessors.size();
        }
        for (Transaction.Audit line : transaction.audit()) {
            bytes += 96 + line.actor().length() + line.reason().length();
        }
        for (Branch branch : transaction.branches()) {
            bytes += 160 + branch.branchId().length() + branch.forwardUrl().length() + branch.backwardUrl().length();
        }
        return bytes;
    }

    /** How much a cut would have to write, in transactions. */
    int changedSinceCut() {
        return changedSinceCut.size() + removedSinceCut.size();
    }

    /** Takes a cut: the caller stores it, or nobody must go on. */
    Cut cut(long bootNumber, int activeVersion) {
        List<Unfinished> changed = new ArrayList<>(changedSinceCut.size());
        for (Live live : changedSinceCut) {
            live.changedIndex = -1;
            live.inCut = true;
            changed.add(new Unfinished(live.now, live.ordinal));
        }
        changedSinceCut.clear();
        changed.sort(Comparator.comparingLong(Unfinished::ordinal));
        List<Cut.Removed> removed = removedSinceCut;
        removedSinceCut = new ArrayList<>();
        return new Cut(new Cut.Header(sequence, nowMillis, wallMillis, bootNumber, activeVersion, limits,
                byCreation.nextOrdinal(), finishedOrdinals, finished.size(), evictedThrough), changed, removed);
    }

    /** Takes over what a cut says beside its transactions. */
    void restore(Cut.Header header) {
        sequence = header.sequence();
        nowMillis = header.nowMillis();
        wallMillis = header.wallMillis();
        limits = header.limits();
        finishedOrdinals = header.finishedOrdinals();
        evictedThrough = header.evictedThrough();
        byCreation.skipTo(header.createdOrdinals());
        timers.advance(nowMillis);
    }

    /** Takes in a transaction that a cut holds. */
    void restore(Unfinished from) {
        Check.that(!from.transaction().state().isFinished(), "the cut holds finished %s as unfinished",
                from.transaction().gid());
        Live live = restored(from.transaction(), from.ordinal());
        live.inCut = true;
        live.liveBytes = estimateBytes(live.now);
        liveBytes += live.liveBytes;
        timers.set(live.timer, wakeAt(live.now));
        countFlags(live, true);
        oldestFrom = Math.min(oldestFrom, live.ordinal);
        unfinished++;
    }

    /** Takes in a finished transaction that was kept when the cut was taken; oldest first. */
    void restore(Finished from) {
        Check.that(finished.isEmpty() || finished.getLast().finishedOrdinal + 1 == from.finishedOrdinal(),
                "finished %s does not follow the one before", from.finishedOrdinal());
        Live live = restored(from.transaction(), from.ordinal());
        live.finishedOrdinal = from.finishedOrdinal();
        live.finishedSequence = from.finishedSequence();
        keepFinished(live);
    }

    private Live restored(Transaction transaction, long ordinal) {
        Live live = new Live(transaction, ordinal);
        Check.that(byGid.put(transaction.gid(), live) == null, "the cut holds %s twice", transaction.gid());
        indexKey(live);
        byCreation.restore(live);
        return live;
    }

    /** The first transaction at or after a position in the order of creation; null at the end. */
    @Nullable
    Live atOrAfter(long ordinal) {
        return byCreation.atOrAfter(ordinal);
    }

    List<String> gids() {
        return new ArrayList<>(byGid.keySet());
    }

    long sequence() {
        return sequence;
    }

    /** Logical time of the entry. */
    long nowMillis() {
        return nowMillis;
    }

    /** Wall time of the entry. */
    long wallMillis() {
        return wallMillis;
    }

    int unfinished() {
        return unfinished;
    }

    int needAttention() {
        return needAttention;
    }

    int paused() {
        return paused;
    }

    /** The unfinished transaction that was created first; null if there is none. Passes over each finished one once. */
    @Nullable
    Live oldestUnfinished() {
        Live live = unfinished == 0 ? null : byCreation.atOrAfter(oldestFrom);
        while (live != null && live.now.state().isFinished()) {
            live = byCreation.atOrAfter(live.ordinal + 1);
        }
        oldestFrom = live == null ? byCreation.nextOrdinal() : live.ordinal;
        return live;
    }

    long createdOrdinals() {
        return byCreation.nextOrdinal();
    }

    long finishedOrdinals() {
        return finishedOrdinals;
    }

    int finishedKept() {
        return finished.size();
    }

    long liveBytes() {
        return liveBytes;
    }

    long evictedThrough() {
        return evictedThrough;
    }

    long nextWakeAtMillis() {
        return timers.nextWakeAtMillis();
    }

    Limits limits() {
        return limits;
    }

    void limits(Limits now) {
        limits = now;
    }
}
