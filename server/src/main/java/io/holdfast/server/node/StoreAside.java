package io.holdfast.server.node;

import io.holdfast.engine.Coordinator;
import io.holdfast.engine.StorageException;
import io.holdfast.server.backup.BackupSource;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The store of a node as it is at a cut, kept aside for whoever copies it: one at a time. Thread-safe. */
final class StoreAside {

    private final Supplier<@Nullable Life> life;
    private final Semaphore one = new Semaphore(1);

    /** @param life of the node; null while it has none */
    StoreAside(Supplier<@Nullable Life> life) {
        this.life = life;
    }

    /** For one of those who copy it, each of whom gives back only what is its own. */
    BackupSource forOne() {
        return new Holder();
    }

    private final class Holder implements BackupSource {
        private final AtomicBoolean held = new AtomicBoolean();

        @Override
        public CompletableFuture<Kept> keepAside() {
            Life now = life.get();
            if (now == null) {
                return CompletableFuture.failedFuture(Life.none());
            }
            if (!one.tryAcquire()) {
                return CompletableFuture
                        .failedFuture(new Coordinator.EngineUnavailable("the store is being copied already"));
            }
            held.set(true);
            AtomicReference<@Nullable Path> kept = new AtomicReference<>();
            return now.engine().atCut(() -> kept.set(now.store().keepAside()))
                    .thenApply(cut -> new Kept(Objects.requireNonNull(kept.get()), cut));
        }

        @Override
        public void dropAside() throws StorageException {
            if (held.compareAndSet(true, false)) {
                try {
                    Life now = life.get();
                    if (now != null) {
                        now.store().dropAside();
                    }
                } finally {
                    one.release();
                }
            }
        }
    }
}
