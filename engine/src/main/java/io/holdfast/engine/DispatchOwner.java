package io.holdfast.engine;

import io.holdfast.core.Outcome;
import io.holdfast.engine.dispatch.Dispatcher;
import java.util.Queue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/** Owns the dispatcher: feeds it with what the core owes and with the results of calls. */
final class DispatchOwner implements Owner {

    private final Dispatcher dispatcher;
    private final Bell bell = new Bell();
    /** In the order of the entries; bounded by the unfinished transactions and the calls in flight. */
    private final Queue<Runnable> inbox = new MpscUnboundedAtomicArrayQueue<>(1_024);
    private volatile boolean stopped;

    DispatchOwner(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Takes what one entry changed. */
    void update(Outcome outcome) {
        if (!outcome.owed().isEmpty() || !outcome.withdrawn().isEmpty() || !outcome.nudged().isEmpty()) {
            tell(() -> {
                dispatcher.withdraw(outcome.withdrawn());
                dispatcher.owe(outcome.owed());
                dispatcher.nudge(outcome.nudged());
            });
        }
    }

    /** Runs something on the owner's thread. Thread-safe. */
    void tell(Runnable message) {
        inbox.add(message);
        bell.ring();
    }

    /** From now on nothing is called and nothing concluded. Thread-safe. */
    void stop() {
        stopped = true;
        bell.ring();
    }

    @Override
    public String name() {
        return "dispatch";
    }

    @Override
    public Bell bell() {
        return bell;
    }

    @Override
    public int poll() {
        int done = 0;
        for (Runnable message = inbox.poll(); message != null && !stopped; message = inbox.poll()) {
            message.run();
            done++;
        }
        return stopped ? 0 : done + dispatcher.poll();
    }

    @Override
    public long idleNanos() {
        if (stopped) {
            return Long.MAX_VALUE;
        }
        return inbox.isEmpty() ? dispatcher.idleNanos() : 0;
    }
}
