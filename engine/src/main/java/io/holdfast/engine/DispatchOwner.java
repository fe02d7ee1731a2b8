package io.holdfast.engine;

import io.holdfast.core.Outcome;
import io.holdfast.core.Transaction;
import io.holdfast.engine.dispatch.Dispatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** Owns the dispatcher: feeds it with what the core owes and with the results of calls. */
final class DispatchOwner implements Owner {

    private final Dispatcher dispatcher;
    private final Bell bell = new Bell();
    /** In the order of the entries; bounded by the unfinished transactions, the calls in flight and the queries. */
    private final Queue<Message> inbox = new MpscUnboundedAtomicArrayQueue<>(1_024);
    private volatile boolean stopped;

    /** Something to do for the owner; {@code answer} is what somebody waits for, if anybody does. */
    private record Message(Runnable action, @Nullable CompletableFuture<?> answer) {
        void refuse() {
            if (answer != null) {
                answer.completeExceptionally(new Coordinator.EngineUnavailable("the engine has stopped"));
            }
        }
    }

    DispatchOwner(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** This node leads: calls are made for all that is owed. {@code boot} is the first part of the epochs that they carry. */
    void takeOver(long boot, List<Outcome.Obligation> owed) {
        tell(() -> {
            dispatcher.boot(boot);
            dispatcher.owe(owed);
        });
    }

    /** This node leads no more: nothing is called, and what calls under way bring is of no interest. */
    void stepDown() {
        tell(dispatcher::withdrawAll);
    }

    /** Takes what one entry changed, then drops the bodies of what it finished: until then a call may start that needs them. */
    void update(Outcome outcome, BodyStore bodies) {
        List<String> useless = bodiesOfFinished(outcome, bodies);
        // Most entries owe nothing new when transactions have nothing to call, and waking a thread for that costs more than they do.
        if (!outcome.owed().isEmpty() || !outcome.withdrawn().isEmpty() || !outcome.nudged().isEmpty()
                || !useless.isEmpty()) {
            tell(() -> {
                dispatcher.withdraw(outcome.withdrawn());
                dispatcher.owe(outcome.owed());
                dispatcher.nudge(outcome.nudged());
                useless.forEach(bodies::drop);
            });
        }
    }

    private static List<String> bodiesOfFinished(Outcome outcome, BodyStore bodies) {
        if (bodies.isEmpty()) {
            return List.of();
        }
        List<String> gids = new ArrayList<>();
        for (Transaction changed : outcome.changed()) {
            if (changed.state().isFinished() && bodies.has(changed.gid())) {
                gids.add(changed.gid());
            }
        }
        return gids;
    }

    /** Runs something on the owner's thread. Thread-safe; dropped if the dispatcher is stopped first. */
    void tell(Runnable message) {
        inbox.add(new Message(message, null));
        bell.ring();
    }

    /** Runs a question on the owner's thread. Thread-safe; {@code answer} fails if the dispatcher is stopped first. */
    void ask(CompletableFuture<?> answer, Runnable question) {
        Message message = new Message(question, answer);
        inbox.add(message);
        if (stopped) {
            // The owner may have looked for the last time.
            message.refuse();
        }
        bell.ring();
    }

    /** From now on nothing is called and nothing concluded. Thread-safe. */
    void stop() {
        stopped = true;
        bell.ring();
    }

    /** Drops what waits and tells everybody who asked. Called by the owner's thread, or when that is gone. */
    void refuseWaiting() {
        for (Message message = inbox.poll(); message != null; message = inbox.poll()) {
            message.refuse();
        }
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
        while (!stopped) {
            Message message = inbox.poll();
            if (message == null) {
                return done + dispatcher.poll();
            }
            message.action.run();
            done++;
        }
        refuseWaiting();
        return 0;
    }

    @Override
    public long idleNanos() {
        if (stopped) {
            return Long.MAX_VALUE;
        }
        return inbox.isEmpty() ? dispatcher.idleNanos() : 0;
    }
}
