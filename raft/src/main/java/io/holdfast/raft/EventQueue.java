package io.holdfast.raft;

import io.holdfast.engine.Bell;
import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis tells and the owner has not taken yet, in order, and whether this node leads as far as Ratis has told. Thread-safe.
 * <p>
 * A <em>leadership</em> begins when a barrier that this node has proposed is applied: then everything of the leaders before has
 * been queued. It ends when Ratis says so, or when something goes wrong that Ratis gets over but the engine would not.
 */
final class EventQueue {

    /** No leadership. */
    static final long NONE = 0;

    /** Entries that wait for the owner, at most: Ratis waits with the next. */
    private static final int MAX_ENTRIES = 64;

    sealed interface Event {

        /** @param payload read only */
        record Entry(long sequence, long life, long number, ByteBuffer payload) implements Event {}

        record Leads(long leadership) implements Event {}

        record Follows() implements Event {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private int entries;
    private boolean closed;
    private long awaitedBarrier;
    private long leaderships;
    private volatile long leadership = NONE;
    private volatile @Nullable StorageException failure;
    private volatile boolean filled;
    private volatile @Nullable Bell owner;

    void wake(Bell bell) {
        owner = bell;
        bell.ring();
    }

    private void ring() {
        Bell bell = owner;
        if (bell != null) {
            bell.ring();
        }
    }

    private void add(Event event) {
        events.add(event);
        filled = true;
    }

    /** Queues an entry of the engine; waits while the owner is far behind. Dropped once closed: it is told in the next life. */
    void entry(Event.Entry entry) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (entries >= MAX_ENTRIES && !closed) {
                room.await();
            }
            if (closed) {
                return;
            }
            entries++;
            add(entry);
        } finally {
            lock.unlock();
        }
        ring();
    }

    /** From the barrier of that number on this node leads, unless {@link #ended} comes before it. */
    void awaitBarrier(long number) {
        lock.lock();
        try {
            awaitedBarrier = number;
        } finally {
            lock.unlock();
        }
    }

    /** A barrier of this life has been applied. */
    void barrier(long number) {
        lock.lock();
        try {
            if (closed || awaitedBarrier != number || leadership != NONE) {
                return;
            }
            awaitedBarrier = 0;
            leadership = ++leaderships;
            add(new Event.Leads(leadership));
        } finally {
            lock.unlock();
        }
        ring();
    }

    /** This node leads no more, and the barrier that was awaited says nothing any more. */
    void ended() {
        lock.lock();
        try {
            awaitedBarrier = 0;
            end();
        } finally {
            lock.unlock();
        }
        ring();
    }

    /** As {@link #ended}, if that leadership lasts. Returns whether it did. */
    boolean ended(long ofLeadership) {
        lock.lock();
        try {
            if (leadership != ofLeadership || ofLeadership == NONE) {
                return false;
            }
            end();
        } finally {
            lock.unlock();
        }
        ring();
        return true;
    }

    private void end() {
        if (leadership != NONE && !closed) {
            add(new Event.Follows());
        }
        leadership = NONE;
    }

    /** The leadership that lasts; {@link #NONE} for none. */
    long leadership() {
        return leadership;
    }

    /** This node has to end. The first failure counts. */
    void fail(StorageException cause) {
        lock.lock();
        try {
            if (failure != null || closed) {
                return;
            }
            failure = cause;
            filled = true;
        } finally {
            lock.unlock();
        }
        ring();
    }

    /** The next event; null if there is none. */
    @Nullable
    Event take() throws StorageException {
        if (!filled) {
            return null;
        }
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            Event event = events.poll();
            if (event instanceof Event.Entry && entries-- == MAX_ENTRIES) {
                room.signalAll();
            }
            filled = !events.isEmpty();
            return event;
        } finally {
            lock.unlock();
        }
    }

    boolean hasNext() {
        return filled;
    }

    /** Nothing is queued any more, and nobody waits. */
    void close() {
        lock.lock();
        try {
            closed = true;
            leadership = NONE;
            awaitedBarrier = 0;
            events.clear();
            filled = false;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
