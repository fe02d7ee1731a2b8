package io.holdfast.server.workers.pool;

import io.holdfast.engine.Participants;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has calls made by workers. A call goes to the worker with the most free slots. While there is no worker, this process makes the
 * calls itself, unless workers are required: then calls wait, and decisions are taken all the same.
 * <p>
 * Thread-safe. What is leased is kept in memory only: a coordinator that takes over owes the same calls again.
 */
public final class WorkerPool implements Participants {

    /** Each call looks at all of them. */
    private static final int MOST_WORKERS = 256;

    private final Participants own;
    private final boolean required;
    private final List<WorkerSession> sessions = new CopyOnWriteArrayList<>();
    private final AtomicLong lostCalls = new AtomicLong();
    private final AtomicLong handedBack = new AtomicLong();
    private final AtomicLong silentWorkers = new AtomicLong();
    private volatile Runnable thereIsRoom = () -> {
    };

    /**
     * What a worker is doing, for people and for scaling.
     *
     * @param name        as it calls itself
     * @param slots       calls that it makes at the same time
     * @param taken       of these, how many it has
     * @param cpuLoad     0 to 1; negative if it does not know
     * @param silentMillis since it was heard last
     * @param isLeaving   whether it takes no more
     */
    public record WorkerFigures(String name, int slots, int taken, double cpuLoad, long silentMillis,
            boolean isLeaving) {}

    /**
     * @param own      makes calls in this process
     * @param required whether calls wait for a worker rather than being made in this process
     */
    public WorkerPool(Participants own, boolean required) {
        this.own = own;
        this.required = required;
    }

    @Override
    public void call(Call call, Consumer<Result> whenDone) {
        WorkerSession session = freest();
        if (session != null) {
            session.give(call, whenDone);
        } else if (ownCalls()) {
            own.call(call, whenDone);
        } else {
            whenDone.accept(new Result.HandedBack());
        }
    }

    /** One that has kept a slot for the caller; null if there is none. */
    private @Nullable WorkerSession freest() {
        while (true) {
            WorkerSession freest = null;
            int most = 0;
            for (WorkerSession session : sessions) {
                int free = session.free();
                if (free > most) {
                    most = free;
                    freest = session;
                }
            }
            if (freest == null || freest.take()) {
                return freest;
            }
        }
    }

    /** One that does not answer is no reason to wait, and neither is one that leaves. */
    private boolean ownCalls() {
        if (required) {
            return false;
        }
        // Asked before each call, nearly always of none.
        for (WorkerSession session : sessions) {
            if (session.isLive()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int room() {
        long room = 0;
        for (WorkerSession session : sessions) {
            room += session.free();
        }
        return room == 0 && ownCalls() ? own.room() : (int) Math.min(Integer.MAX_VALUE, room);
    }

    @Override
    public void whenThereIsRoom(Runnable told) {
        thereIsRoom = told;
        own.whenThereIsRoom(told);
    }

    /** Returns whether there is room for one more. */
    synchronized boolean join(WorkerSession session) {
        if (sessions.size() >= MOST_WORKERS) {
            return false;
        }
        sessions.add(session);
        thereIsRoom.run();
        return true;
    }

    void leave(WorkerSession session) {
        if (sessions.remove(session)) {
            thereIsRoom.run();
        }
    }

    /** A worker was heard again, or is no longer heard. */
    void changed() {
        thereIsRoom.run();
    }

    void callLost() {
        lostCalls.incrementAndGet();
    }

    void callHandedBack() {
        handedBack.incrementAndGet();
    }

    void workerSilent() {
        silentWorkers.incrementAndGet();
    }

    /** Whether calls wait for a worker rather than being made in this process. */
    public boolean isRequired() {
        return required;
    }

    /** The workers that are connected. */
    public List<WorkerFigures> workers() {
        return sessions.stream().map(WorkerSession::figures).toList();
    }

    /** Calls that all of them make at the same time. */
    public int slots() {
        return sessions.stream().mapToInt(session -> session.figures().slots()).sum();
    }

    /** Calls that they have. */
    public int taken() {
        return sessions.stream().mapToInt(session -> session.figures().taken()).sum();
    }

    /** Calls whose worker did not answer in time, since this process started. */
    public long lostCalls() {
        return lostCalls.get();
    }

    /** Calls that workers have handed back, since this process started. */
    public long handedBack() {
        return handedBack.get();
    }

    /** Connections that were given up because nothing was heard on them, since this process started. */
    public long silentWorkers() {
        return silentWorkers.get();
    }
}
