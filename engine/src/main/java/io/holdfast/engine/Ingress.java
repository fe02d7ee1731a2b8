package io.holdfast.engine;

import io.holdfast.engine.codec.EntryWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** Commands that wait for the next entry. Any thread puts them in; the owner of the log takes them out. */
final class Ingress {

    private final EngineOptions options;
    private final ReplicatedLog log;
    /** Commands from outside: bounded. */
    private final MpscAtomicArrayQueue<Pending> outside;
    /** Commands of the engine itself, which are bounded by the calls in flight and never refused. */
    private final Queue<Pending> inside = new MpscUnboundedAtomicArrayQueue<>(1_024);
    private @Nullable Pending carriedOver;
    private int lastBatch;

    /** @param log asked for its bound only */
    Ingress(EngineOptions options, ReplicatedLog log) {
        this.options = options;
        this.log = log;
        this.outside = new MpscAtomicArrayQueue<>(options.maxWaiting());
    }

    /** Largest entry of one command: what is larger can never be logged. */
    int maxCommandBytes() {
        return log.maxEntryBytes() - EntryWriter.emptyEntryBytes();
    }

    /** Takes a command from outside; false if too many wait. Thread-safe. */
    boolean offer(Pending pending) {
        return outside.offer(pending);
    }

    /** Takes a command of the engine itself. Thread-safe. */
    void add(Pending pending) {
        inside.add(pending);
    }

    /** Puts a command before everything that waits. Called by the owner, when nothing was carried over. */
    void putFirst(Pending pending) {
        carriedOver = pending;
    }

    /** Commands from outside that wait. Thread-safe. */
    int waiting() {
        return outside.size();
    }

    /** Called by the owner. */
    boolean isEmpty() {
        return carriedOver == null && inside.isEmpty() && outside.isEmpty();
    }

    /** Whatever waits and fits into one entry: the batch is small when idle and large under load. Called by the owner. */
    List<Pending> drain() {
        List<Pending> pending = new ArrayList<>(lastBatch + lastBatch / 2);
        int bytes = 0;
        while (pending.size() < options.maxBatchCommands() && bytes < options.maxBatchBytes()) {
            Pending next = next();
            if (next == null) {
                break;
            }
            int size = EntryWriter.sizeInEntry(next.encoded().length);
            if (bytes + size > maxCommandBytes()) {
                carriedOver = next;
                break;
            }
            bytes += size;
            pending.add(next);
        }
        lastBatch = pending.size();
        return pending;
    }

    private @Nullable Pending next() {
        Pending next = carriedOver != null ? carriedOver : inside.poll();
        carriedOver = null;
        return next != null ? next : outside.poll();
    }

    /** Drops everything that waits; who waits learns that nobody knows. Called by the owner, or when that is gone. */
    void abandon(String why) {
        for (Pending one = next(); one != null; one = next()) {
            one.abandon(why);
        }
    }
}
