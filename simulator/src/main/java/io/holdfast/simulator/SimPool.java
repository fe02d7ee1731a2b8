package io.holdfast.simulator;

import io.holdfast.engine.Participants;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The port to participants as one process of a node sees it. A call goes to the worker with the most free slots; while there is none
 * the node makes it itself, unless workers are required. As the pool of the server, on one thread.
 */
final class SimPool implements Participants {

    private final World world;
    private final Node node;
    private final List<SimSession> sessions = new ArrayList<>();
    private Runnable thereIsRoom = () -> {
    };

    SimPool(World world, Node node) {
        this.world = world;
        this.node = node;
    }

    @Override
    public void call(Call call, Consumer<Result> whenDone) {
        Violation.unless(node.isAlive() && !node.isPaused(), "node %s calls although it does not run", node.number);
        SimSession session = freest();
        if (session != null) {
            world.participants.mayLeave(call);
            session.give(call, whenDone);
        } else if (ownCalls()) {
            world.participants.make(node.number, "node " + node.number, call,
                    result -> node.receive(() -> whenDone.accept(result)));
        } else {
            whenDone.accept(new Result.HandedBack());
        }
    }

    private @Nullable SimSession freest() {
        SimSession freest = null;
        for (SimSession session : sessions) {
            if (session.free() > (freest == null ? 0 : freest.free())) {
                freest = session;
            }
        }
        return freest;
    }

    private boolean ownCalls() {
        return !world.crew.required() && sessions.stream().noneMatch(SimSession::isLive);
    }

    @Override
    public int room() {
        int room = sessions.stream().mapToInt(SimSession::free).sum();
        return room == 0 && ownCalls() ? Integer.MAX_VALUE : room;
    }

    @Override
    public void whenThereIsRoom(Runnable told) {
        thereIsRoom = told;
    }

    void join(SimSession session) {
        sessions.add(session);
        changed();
    }

    void leave(SimSession session) {
        if (sessions.remove(session)) {
            changed();
        }
    }

    /** A worker was heard again, or is no longer heard. */
    void changed() {
        node.receive(thereIsRoom);
    }
}
