package io.holdfast.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.Command;
import io.holdfast.core.Entry;
import io.holdfast.core.Reply;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.codec.EntryReader;
import io.holdfast.engine.codec.EntryWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Ingress and log: while this node leads, whatever waits becomes one entry and is proposed; every entry that is durable goes to
 * the core. The batch is small when idle and large under load, and never waited for. Owns the log and the logical clock.
 * <p>
 * Log first, then apply: nothing speculative exists anywhere. While the core applies one entry the next is synced; at most
 * {@link #MAX_DURABLE} durable entries wait for the core.
 */
final class Proposer implements Owner {

    private static final int MAX_DURABLE = 4;
    private static final String NOT_LEADING = "this node does not lead: ask the one that does";

    private final ReplicatedLog log;
    private final Clock clock;
    private final EngineOptions options;
    private final Bell bell = new Bell();
    private final EntryWriter writer = new EntryWriter();
    private final EntryReader reader = new EntryReader();
    private final Ingress ingress;
    private final SpscAtomicArrayQueue<FromLog> durable = new SpscAtomicArrayQueue<>(MAX_DURABLE);
    private final AtomicInteger durableWaiting = new AtomicInteger();
    private final Bell coreBell;
    private final BooleanSupplier storeTight;
    private final Consumer<StorageException> onFailure;

    private long sequence;
    /** The entry that the log has and has not told yet; null for none. */
    private FromLog.@Nullable Batch proposed;
    private long leaderships;
    /** Which time of leading this is; 0 while it does not lead. */
    private volatile long leadership;
    /** The time of leading for which commands are taken. */
    private volatile long openFor;
    /** The time of leading in which this node may propose. */
    private long proposesFor;
    private volatile @Nullable TakeOver takeOver;
    private volatile LogicalClock logicalClock;
    private volatile long nextWakeAtMillis = Long.MAX_VALUE;
    private volatile long appliedSequence;
    private volatile long releasableThrough;
    private long releasedThrough;
    private volatile boolean failed;
    private volatile boolean logTight;
    private volatile long logFreeBytes;
    private long reservedLogBytes;

    /** Stands still while nobody leads, and never follows the wall clock. */
    private record LogicalClock(long baseMillis, long baseNanos) {
        long millis(long nanos) {
            return baseMillis + (nanos - baseNanos) / 1_000_000;
        }

        /** How long from {@code nanos} until it shows {@code atMillis}. */
        long nanosUntil(long atMillis, long nanos) {
            return Math.max(0, (atMillis - baseMillis) * 1_000_000 - (nanos - baseNanos));
        }
    }

    /** The core has everything of the leaders before: {@code first} goes first. */
    private record TakeOver(long leadership, long nowMillis, Command first) {}

    Proposer(ReplicatedLog log, Clock clock, EngineOptions options, Bell coreBell, BooleanSupplier storeTight,
            Consumer<StorageException> onFailure) {
        this.log = log;
        this.clock = clock;
        this.options = options;
        this.coreBell = coreBell;
        this.storeTight = storeTight;
        this.onFailure = onFailure;
        this.ingress = new Ingress(options, log);
        this.logicalClock = new LogicalClock(0, clock.nanos());
    }

    /** Continues after what was recovered. Called before the first poll. */
    void start(long lastSequence, long nowMillis) {
        sequence = lastSequence;
        appliedSequence = lastSequence;
        logicalClock = new LogicalClock(nowMillis, clock.nanos());
        reservedLogBytes = log.freeBytes() / 100 * options.logReservePercent();
        log.wake(bell);
        lookAtRoom();
    }

    /** Takes a command from outside; {@code reply} is completed once. Thread-safe. */
    void submit(Command command, CompletableFuture<Reply> reply) {
        if (!isOpen()) {
            reply.completeExceptionally(new Coordinator.EngineUnavailable(NOT_LEADING));
            return;
        }
        byte[] encoded;
        try {
            encoded = CommandEncoder.encode(command);
        } catch (IllegalArgumentException e) {
            refuse(reply, ErrorCode.INVALID, String.valueOf(e.getMessage()));
            return;
        }
        int maxBytes = ingress.maxCommandBytes();
        if (EntryWriter.sizeInEntry(encoded.length) > maxBytes) {
            refuse(reply, ErrorCode.TOO_LARGE, "the request takes " + encoded.length + " bytes in the log, at most "
                    + maxBytes + " are allowed");
            return;
        }
        if (command instanceof Command.Begin && refusedForRoom(reply)) {
            return;
        }
        if (!ingress.offer(new Pending(command, encoded, reply))) {
            refuse(reply, ErrorCode.OVERLOADED,
                    "more than " + options.maxWaiting() + " requests are waiting: try again later");
            return;
        }
        if (failed) {
            // The owner may have drained the queue for the last time before the offer.
            reply.completeExceptionally(
                    new Coordinator.EngineUnavailable("the engine has stopped: the outcome is unknown"));
        }
        bell.ring();
    }

    private boolean isOpen() {
        long leads = leadership;
        return leads != 0 && leads == openFor;
    }

    private boolean refusedForRoom(CompletableFuture<Reply> reply) {
        if (logTight) {
            refuse(reply, ErrorCode.OVERLOADED,
                    "the log has no room for new transactions, only for what was accepted: begin later");
        } else if (storeTight.getAsBoolean()) {
            refuse(reply, ErrorCode.OVERLOADED, "the disk has less than " + options.cuts().minFreeBytes()
                    + " bytes left, which are kept for what was accepted: make room, or begin later");
        }
        return reply.isDone();
    }

    private static void refuse(CompletableFuture<Reply> reply, ErrorCode code, String message) {
        reply.complete(new Reply.Refused(code, message, null));
    }

    /** Takes a command of the engine itself. Thread-safe. */
    void propose(Command command) {
        ingress.add(Pending.ofEngine(command));
        bell.ring();
    }

    /** What the core is told next; null if there is nothing. Called by the core's owner alone. */
    @Nullable
    FromLog takeDurable() {
        FromLog told = durable.poll();
        if (told != null && durableWaiting.getAndDecrement() == MAX_DURABLE) {
            bell.ring();
        }
        return told;
    }

    boolean hasDurable() {
        return !durable.isEmpty();
    }

    /**
     * The core has everything that leaders before this node got committed: from now on it may propose, {@code first} before
     * anything else. Called by the core's owner.
     */
    void takeOver(long forLeadership, long nowMillis, Command first) {
        takeOver = new TakeOver(forLeadership, nowMillis, first);
        bell.ring();
    }

    /** Commands from outside are taken for as long as this time of leading lasts. Called by the core's owner. */
    void open(long forLeadership) {
        openFor = forLeadership;
    }

    /** Told by the core's owner what it applied and when its next timer is due. */
    void applied(long appliedThrough, long wakeAtMillis) {
        nextWakeAtMillis = wakeAtMillis;
        appliedSequence = appliedThrough;
        if (wakeAtMillis != Long.MAX_VALUE && wakeAtMillis - logicalNowMillis() <= MAX_SLEEP_NANOS / 1_000_000) {
            bell.ring();
        }
    }

    /** The last entry that the core has applied, and told the store about. Thread-safe. */
    long appliedSequence() {
        return appliedSequence;
    }

    /** A cut holds all entries up to this one. Thread-safe. */
    void releaseThrough(long cutSequence) {
        releasableThrough = cutSequence;
        bell.ring();
    }

    /** As of the last look. Thread-safe, unlike the log itself. */
    long logFreeBytes() {
        return logFreeBytes;
    }

    /** Room under which begin is refused. Set before the first poll, so thread-safe after it. */
    long logReservedBytes() {
        return reservedLogBytes;
    }

    private void lookAtRoom() {
        logFreeBytes = log.freeBytes();
        logTight = logFreeBytes < reservedLogBytes;
    }

    int waiting() {
        return ingress.waiting();
    }

    @Override
    public String name() {
        return "log";
    }

    @Override
    public Bell bell() {
        return bell;
    }

    @Override
    public int poll() {
        if (failed) {
            return 0;
        }
        try {
            return hear() + lead();
        } catch (StorageException e) {
            fail(e);
            return 0;
        }
    }

    /** Hands on what the log tells, as far as the core keeps up. */
    private int hear() throws StorageException {
        int heard = 0;
        while (durableWaiting.get() < MAX_DURABLE) {
            ReplicatedLog.Event event = log.take();
            if (event == null) {
                break;
            }
            tellCore(switch (event) {
                case ReplicatedLog.Event.Committed committed -> committed(committed);
                case ReplicatedLog.Event.Leads leads -> {
                    leadership = ++leaderships;
                    yield new FromLog.Leads(leaderships);
                }
                case ReplicatedLog.Event.Follows follows -> {
                    stopLeading();
                    yield new FromLog.Follows();
                }
            });
            heard++;
        }
        return heard;
    }

    private void tellCore(FromLog told) {
        durableWaiting.incrementAndGet();
        durable.add(told);
        coreBell.ring();
    }

    private FromLog.Batch committed(ReplicatedLog.Event.Committed committed) throws StorageException {
        sequence = committed.sequence();
        if (committed.own()) {
            FromLog.Batch mine = Objects.requireNonNull(proposed, "an entry of this node that it has not proposed");
            proposed = null;
            return mine;
        }
        int bytes = committed.payload().remaining();
        try {
            return new FromLog.Batch(reader.read(committed.sequence(), committed.payload()), List.of(), false, bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException(StorageException.Kind.DAMAGED,
                    "log entry " + committed.sequence() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void stopLeading() {
        leadership = 0;
        FromLog.Batch mine = proposed;
        proposed = null;
        if (mine != null) {
            mine.pending().forEach(one -> one.abandon("this node stopped leading: the outcome is unknown"));
        }
        ingress.abandon(NOT_LEADING);
    }

    /** Proposes what waits, if this node may. */
    private int lead() throws StorageException {
        if (leadership == 0) {
            // Who came after the leadership had ended, and what the dispatcher has yet heard of its calls.
            ingress.abandon(NOT_LEADING);
            // A leader does it with its next entry; a follower writes none, and its log would grow for ever.
            release();
            return 0;
        }
        takeOverIfDue();
        if (proposesFor != leadership || proposed != null || durableWaiting.get() >= MAX_DURABLE) {
            return 0;
        }
        if (logTight) {
            // Room may come back without an entry being written, and begins are refused until it is seen.
            release();
            lookAtRoom();
        }
        List<Pending> pending = ingress.drain();
        if (pending.isEmpty() && !tickIsDue()) {
            // Where nothing happens no entry comes that it could be done with, and a node without a log may wait for a cut.
            release();
            return 0;
        }
        proposeEntry(pending);
        hear();
        return pending.size() + 1;
    }

    private void takeOverIfDue() {
        TakeOver due = takeOver;
        if (due == null) {
            return;
        }
        takeOver = null;
        if (due.leadership == leadership) {
            proposesFor = due.leadership;
            logicalClock = new LogicalClock(due.nowMillis, clock.nanos());
            // What comes from a time of leading before this one is nobody's any more.
            ingress.abandon(NOT_LEADING);
            ingress.putFirst(Pending.ofEngine(due.first));
        }
    }

    private void proposeEntry(List<Pending> pending) throws StorageException {
        List<Command> commands = new ArrayList<>(pending.size());
        List<byte[]> encoded = new ArrayList<>(pending.size());
        for (Pending one : pending) {
            commands.add(one.command());
            encoded.add(one.encoded());
        }
        Entry entry = new Entry(sequence + 1, logicalNowMillis(), clock.wallMillis(), commands);
        ByteBuffer payload = writer.write(entry.nowMillis(), entry.wallMillis(), encoded);
        proposed = new FromLog.Batch(entry, pending, true, payload.remaining());
        release();
        log.propose(entry.sequence(), payload);
        lookAtRoom();
    }

    private void release() throws StorageException {
        long through = releasableThrough;
        if (through > releasedThrough) {
            releasedThrough = through;
            log.releaseThrough(through);
        }
    }

    /** Only when the core has applied everything: before that its next wake-up is not known. */
    private boolean tickIsDue() {
        return appliedSequence == sequence && nextWakeAtMillis <= logicalNowMillis();
    }

    /** Thread-safe once started. */
    long logicalNowMillis() {
        return logicalClock.millis(clock.nanos());
    }

    @Override
    public long idleNanos() {
        if (failed || durableWaiting.get() >= MAX_DURABLE) {
            return Long.MAX_VALUE;
        }
        if (log.hasNext() || takeOver != null) {
            return 0;
        }
        if (leadership != 0 && (proposesFor != leadership || proposed != null)) {
            return Long.MAX_VALUE;
        }
        if (!ingress.isEmpty()) {
            return 0;
        }
        long wakeAt = nextWakeAtMillis;
        if (leadership == 0 || appliedSequence != sequence || wakeAt == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        return logicalClock.nanosUntil(wakeAt, clock.nanos());
    }

    /** Another part has failed: takes nothing more. Who waits is told by the owner's thread. Thread-safe. */
    void giveUp() {
        failed = true;
        bell.ring();
    }

    private void fail(StorageException cause) {
        failed = true;
        onFailure.accept(cause);
        abandonAll("the log failed: the outcome is unknown (" + cause.getMessage() + ")");
    }

    /** Stops taking part; whoever still waits learns that the outcome is unknown. Called by the owner's thread. */
    void stop() {
        failed = true;
        abandonAll("the server is stopping: the outcome is unknown");
    }

    private void abandonAll(String why) {
        FromLog.Batch mine = proposed;
        proposed = null;
        if (mine != null) {
            mine.pending().forEach(one -> one.abandon(why));
        }
        ingress.abandon(why);
    }
}
