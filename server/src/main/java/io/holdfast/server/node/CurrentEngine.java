package io.holdfast.server.node;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine of a node that gets another one whenever it takes over the store of its leader. Thread-safe. */
final class CurrentEngine implements Coordinator {

    private volatile @Nullable Coordinator engine;

    /** @param now null while there is none */
    void set(@Nullable Coordinator now) {
        engine = now;
    }

    private static EngineUnavailable none() {
        return new EngineUnavailable("this node has no engine yet: it is coming into its group");
    }

    @Override
    public CompletableFuture<Reply> submit(Command command) {
        Coordinator now = engine;
        return now == null ? CompletableFuture.failedFuture(none()) : now.submit(command);
    }

    @Override
    public String newGid() {
        Coordinator now = engine;
        if (now == null) {
            throw none();
        }
        return now.newGid();
    }

    @Override
    public CompletableFuture<@Nullable TransactionView> find(String gid) {
        Coordinator now = engine;
        return now == null ? CompletableFuture.failedFuture(none()) : now.find(gid);
    }

    @Override
    public CompletableFuture<Page> list(ListQuery query) {
        Coordinator now = engine;
        return now == null ? CompletableFuture.failedFuture(none()) : now.list(query);
    }

    @Override
    public CompletableFuture<@Nullable Watch> watch(String gid, Consumer<Transaction> watcher) {
        Coordinator now = engine;
        return now == null ? CompletableFuture.failedFuture(none()) : now.watch(gid, watcher);
    }

    @Override
    public CompletableFuture<@Nullable Transaction> whenFinished(String gid) {
        Coordinator now = engine;
        return now == null ? CompletableFuture.failedFuture(none()) : now.whenFinished(gid);
    }
}
