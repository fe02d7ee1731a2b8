package io.holdfast.engine;

import io.holdfast.api.ErrorCode;
import io.holdfast.core.Command;
import io.holdfast.core.Entry;
import io.holdfast.core.Reply;
import io.holdfast.engine.codec.CommandEncoder;
import io.holdfast.engine.codec.EntryWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Ingress and log: whatever waits becomes one entry, is written and synced, and goes to the core. The batch is small when idle
 * and large under load, and never waited for. Owns the log and the logical clock.
 * <p>
 * Log first, then apply: nothing speculative exists anywhere. While the core applies one entry the next is synced; at most
 * {@link #MAX_DURABLE} durable entries wait for the core.
 */
final class Proposer implements Owner {

    private static final int MAX_DURABLE = 4;

    private final Log log;
    private final Clock clock;
    private final EngineOptions options;
    private final Bell bell = new Bell();
    private final EntryWriter writer = new EntryWriter();

    /** Commands from outside: bounded. */
    private final MpscAtomicArrayQueue<Pending> outside;
    /** Commands of the engine itself, which are bounded by the calls in flight and never refused. */
    private final Queue<Pending> inside = new MpscUnboundedAtomicArrayQueue<>(1_024);
    private final SpscAtomicArrayQueue<Batch> durable = new SpscAtomicArrayQueue<>(MAX_DURABLE);
    private final AtomicInteger durableWaiting = new AtomicInteger();
    private final Bell coreBell;
    private final BooleanSupplier storeTight;
    private final Consumer<StorageException> onFailure;

    private long sequence;
    private long baseMillis;
    private long baseNanos;
    private int lastBatch;
    private @Nullable Pending carriedOver;
    private volatile long nextWakeAtMillis = Long.MAX_VALUE;
    private volatile long appliedSequence;
    private volatile long releasableThrough;
    private long releasedThrough;
    private volatile boolean failed;
    private volatile boolean logTight;
    private volatile long logFreeBytes;
    private long reservedLogBytes;

    Proposer(Log log, Clock clock, EngineOptions options, Bell coreBell, BooleanSupplier storeTight,
            Consumer<StorageException> onFailure) {
        this.log = log;
        this.clock = clock;
        this.options = options;
        this.coreBell = coreBell;
        this.storeTight = storeTight;
        this.onFailure = onFailure;
        this.outside = new MpscAtomicArrayQueue<>(options.maxWaiting());
    }

    /** Continues after what was recovered. Called before the first poll. */
    void start(long lastSequence, long nowMillis) {
        sequence = lastSequence;
        appliedSequence = lastSequence;
        baseMillis = nowMillis;
        baseNanos = clock.nanos();
        reservedLogBytes = log.freeBytes() / 100 * options.logReservePercent();
        lookAtRoom();
    }

    /** Takes a command from outside; {@code reply} is completed once. Thread-safe. */
    void submit(Command command, CompletableFuture<Reply> reply) {
        byte[] encoded;
        try {
            encoded = CommandEncoder.encode(command);
        } catch (IllegalArgumentException e) {
            refuse(reply, ErrorCode.INVALID, String.valueOf(e.getMessage()));
            return;
        }
        int maxBytes = log.maxEntryBytes() - EntryWriter.emptyEntryBytes();
        if (EntryWriter.sizeInEntry(encoded.length) > maxBytes) {
            refuse(reply, ErrorCode.TOO_LARGE, "the request takes " + encoded.length + " bytes in the log, at most "
                    + maxBytes + " are allowed");
            return;
        }
        if (command instanceof Command.Begin && refusedForRoom(reply)) {
            return;
        }
        if (!outside.offer(new Pending(command, encoded, reply))) {
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
        inside.add(new Pending(command, CommandEncoder.encode(command), null));
        bell.ring();
    }

    /** The next durable entry for the core; null if there is none. Called by the core's owner alone. */
    @Nullable
    Batch takeDurable() {
        Batch batch = durable.poll();
        if (batch != null && durableWaiting.getAndDecrement() == MAX_DURABLE) {
            bell.ring();
        }
        return batch;
    }

    boolean hasDurable() {
        return !durable.isEmpty();
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
        return outside.size();
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
        if (failed || durableWaiting.get() >= MAX_DURABLE) {
            return 0;
        }
        if (logTight && !makeRoom()) {
            return 0;
        }
        List<Pending> pending = drain();
        if (pending.isEmpty() && !tickIsDue()) {
            return 0;
        }
        List<Command> commands = new ArrayList<>(pending.size());
        List<byte[]> encoded = new ArrayList<>(pending.size());
        for (Pending one : pending) {
            commands.add(one.command());
            encoded.add(one.encoded());
        }
        Entry entry = new Entry(sequence + 1, logicalNowMillis(), clock.wallMillis(), commands);
        ByteBuffer payload = writer.write(entry.nowMillis(), entry.wallMillis(), encoded);
        int bytes = payload.remaining();
        try {
            release();
            log.append(entry.sequence(), payload);
        } catch (StorageException e) {
            fail(e, pending);
            return 0;
        }
        sequence = entry.sequence();
        lookAtRoom();
        durableWaiting.incrementAndGet();
        durable.add(new Batch(entry, pending, bytes));
        coreBell.ring();
        return pending.size() + 1;
    }

    /** Room may come back without an entry being written, and begins are refused until it is seen. */
    private boolean makeRoom() {
        try {
            release();
        } catch (StorageException e) {
            fail(e, List.of());
            return false;
        }
        lookAtRoom();
        return true;
    }

    private void release() throws StorageException {
        long through = releasableThrough;
        if (through > releasedThrough) {
            releasedThrough = through;
            log.releaseThrough(through);
        }
    }

    private List<Pending> drain() {
        List<Pending> pending = new ArrayList<>(lastBatch + lastBatch / 2);
        int maxBytes = log.maxEntryBytes() - EntryWriter.emptyEntryBytes();
        int bytes = 0;
        while (pending.size() < options.maxBatchCommands() && bytes < options.maxBatchBytes()) {
            Pending next = carriedOver != null ? carriedOver : inside.poll();
            if (next == null) {
                next = outside.poll();
            }
            carriedOver = null;
            if (next == null) {
                break;
            }
            int size = EntryWriter.sizeInEntry(next.encoded().length);
            if (bytes + size > maxBytes) {
                carriedOver = next;
                break;
            }
            bytes += size;
            pending.add(next);
        }
        lastBatch = pending.size();
        return pending;
    }

    /** Only when the core has applied everything: before that its next wake-up is not known. */
    private boolean tickIsDue() {
        return appliedSequence == sequence && nextWakeAtMillis <= logicalNowMillis();
    }

    /** Stands still while no process runs, and never follows the wall clock. Thread-safe once started. */
    long logicalNowMillis() {
        return baseMillis + (clock.nanos() - baseNanos) / 1_000_000;
    }

    @Override
    public long idleNanos() {
        if (failed || durableWaiting.get() >= MAX_DURABLE) {
            return Long.MAX_VALUE;
        }
        if (carriedOver != null || !inside.isEmpty() || !outside.isEmpty()) {
            return 0;
        }
        long wakeAt = nextWakeAtMillis;
        if (appliedSequence != sequence || wakeAt == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        long elapsed = clock.nanos() - baseNanos;
        return Math.max(0, (wakeAt - baseMillis) * 1_000_000 - elapsed);
    }

    /** Another part has failed: takes nothing more. Who waits is told by the owner's thread. Thread-safe. */
    void giveUp() {
        failed = true;
        bell.ring();
    }

    private void fail(StorageException cause, List<Pending> pending) {
        failed = true;
        onFailure.accept(cause);
        String message = "the log failed: the outcome is unknown (" + cause.getMessage() + ")";
        for (Pending one : pending) {
            abandon(one, message);
        }
        abandonWaiting(message);
    }

    /** Stops taking part; whoever still waits learns that the outcome is unknown. Called by the owner's thread. */
    void stop() {
        failed = true;
        abandonWaiting("the server is stopping: the outcome is unknown");
    }

    private void abandonWaiting(String message) {
        if (carriedOver != null) {
            abandon(carriedOver, message);
        }
        for (Pending one = outside.poll(); one != null; one = outside.poll()) {
            abandon(one, message);
        }
    }

    static void abandon(Pending one, String message) {
        if (one.reply() != null) {
            one.reply().completeExceptionally(new Coordinator.EngineUnavailable(message));
        }
    }
}
