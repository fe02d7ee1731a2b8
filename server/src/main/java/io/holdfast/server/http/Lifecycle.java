package io.holdfast.server.http;

import io.holdfast.engine.Coordinator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Whether the server takes requests, and who has to be told when it no longer does. Thread-safe: one thread changes it. */
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
    private final Set<AtDrain> atDrain = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private volatile @Nullable Leadership leadership;

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

    /** One of a group can do nothing while nobody leads. */
    public void follow(Leadership watched) {
        leadership = watched;
    }

    /** Whether this server takes commands itself. */
    public boolean leads() {
        Leadership watched = leadership;
        return phase() == Phase.READY && (watched == null || watched.place() instanceof Leadership.Place.Here);
    }

    /** Whether requests have somewhere to go. */
    public boolean hasLeader() {
        Leadership watched = leadership;
        return watched == null || !(watched.place() instanceof Leadership.Place.Nowhere);
    }

    /** From now on nothing is taken; who waits without end is told to stop. */
    public void drain() {
        draining = true;
        atDrain.forEach(AtDrain::tell);
    }

    /** Something that would otherwise keep the server from stopping: {@code told} ends it. It is told at once if it is late. */
    public Registration atDrain(Runnable told) {
        AtDrain registered = new AtDrain(told);
        atDrain.add(registered);
        if (draining) {
            registered.tell();
        }
        return registered;
    }

    /** What {@link #atDrain} gives back. */
    public interface Registration {
        /** It need not be told any more. */
        void cancel();
    }

    private final class AtDrain implements Registration {
        private final Runnable told;

        AtDrain(Runnable told) {
            this.told = told;
        }

        void tell() {
            // Only once, whoever comes first.
            if (atDrain.remove(this)) {
                told.run();
            }
        }

        @Override
        public void cancel() {
            atDrain.remove(this);
        }
    }
}
