package io.holdfast.engine;

import io.holdfast.core.Cut;
import java.util.concurrent.CompletableFuture;

/** What somebody wants done when a cut is durable. Its failure is theirs alone: the cut stands. Thread-safe. */
public final class AtCut {

    private final Action action;
    private final CompletableFuture<Cut.Header> done = new CompletableFuture<>();

    /** Runs on the store's thread. */
    public interface Action {
        void run() throws StorageException;
    }

    AtCut(Action action) {
        this.action = action;
    }

    CompletableFuture<Cut.Header> done() {
        return done;
    }

    void run(Cut.Header cut) {
        try {
            action.run();
            done.complete(cut);
        } catch (StorageException e) {
            done.completeExceptionally(e);
        }
    }

    void refuse(String why) {
        done.completeExceptionally(new Coordinator.EngineUnavailable(why));
    }
}
