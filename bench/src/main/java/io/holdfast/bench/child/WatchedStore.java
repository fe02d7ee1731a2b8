package io.holdfast.bench.child;

import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that shows what has finished, at the moment when it is told: after it was durable and applied. */
final class WatchedStore implements Store {

    private final Store store;
    private final Consumer<List<Finished>> watcher;

    /** @param watcher called on the owner's thread */
    WatchedStore(Store store, Consumer<List<Finished>> watcher) {
        this.store = store;
        this.watcher = watcher;
    }

    @Override
    public void archive(List<Finished> finished) throws StorageException {
        watcher.accept(finished);
        store.archive(finished);
    }

    @Override
    public Core recover() throws StorageException {
        return store.recover();
    }

    @Override
    public void cut(Cut cut, List<KeptBody> bodies) throws StorageException {
        store.cut(cut, bodies);
    }

    @Override
    public @Nullable Finished find(String gid) throws StorageException {
        return store.find(gid);
    }

    @Override
    public @Nullable Finished findByBusinessKey(String businessKey) throws StorageException {
        return store.findByBusinessKey(businessKey);
    }

    @Override
    public void scan(long fromFinishedOrdinal, FinishedVisitor visitor) throws StorageException {
        store.scan(fromFinishedOrdinal, visitor);
    }

    @Override
    public @Nullable Payload body(String gid, int branchIndex, BodyKind kind) throws StorageException {
        return store.body(gid, branchIndex, kind);
    }

    @Override
    public int expire(State outcome, long finishedBeforeWallMillis, long keepFromFinishedOrdinal, int max)
            throws StorageException {
        return store.expire(outcome, finishedBeforeWallMillis, keepFromFinishedOrdinal, max);
    }

    @Override
    public long freeBytes() {
        return store.freeBytes();
    }

    @Override
    public void close() throws StorageException {
        store.close();
    }
}
