package io.holdfast.server.http;

import io.holdfast.engine.Coordinator;
import org.jspecify.annotations.Nullable;

/** Whether the server takes requests. Thread-safe: one thread changes it, all read it. */
public final class Lifecycle {

    /** In order; it never goes back. */
    public enum Phase {
        /** The log is being read: nothing can be asked yet. */
        STARTING,
        /** Everything is taken. */
        READY,
        /** Nothing is taken any more; what was under way is answered. */
        DRAINING
    }

    private volatile @Nullable Coordinator coordinator;
    private volatile boolean draining;

    public Phase phase() {
        if (draining) {
            return Phase.DRAINING;
        }
        return coordinator == null ? Phase.STARTING : Phase.READY;
    }

    /** The engine; null while it is starting. */
    public @Nullable Coordinator coordinator() {
        return coordinator;
    }

    public void ready(Coordinator started) {
        coordinator = started;
    }

    public void drain() {
        draining = true;
    }
}
