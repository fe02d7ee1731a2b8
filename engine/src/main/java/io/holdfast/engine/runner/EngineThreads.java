package io.holdfast.engine.runner;

import io.holdfast.engine.Engine;
import io.holdfast.engine.Owner;
import io.holdfast.engine.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Polls the owners of an engine, each on a platform thread of its own: the log blocks in system calls, which would pin the
 * carrier of a virtual thread.
 */
public final class EngineThreads implements AutoCloseable {

    private final Engine engine;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch ended;
    private final AtomicBoolean toldOfBug = new AtomicBoolean();
    private volatile boolean stopping;

    /**
     * Starts the threads of a recovered engine.
     *
     * @param onBug told once if an owner dies of a broken invariant: the process has to end, its state cannot be trusted
     */
    public EngineThreads(Engine engine, Consumer<Throwable> onBug) {
        this.engine = engine;
        List<Owner> owners = engine.owners();
        this.ended = new CountDownLatch(owners.size());
        for (Owner owner : owners) {
            Thread thread = Thread.ofPlatform().name("holdfast-" + owner.name()).unstarted(() -> run(owner, onBug));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private void run(Owner owner, Consumer<Throwable> onBug) {
        try {
            while (!stopping) {
                if (owner.poll() == 0) {
                    owner.bell().sleep(() -> stopping ? 0 : Math.min(owner.idleNanos(), Owner.MAX_SLEEP_NANOS));
                }
            }
        } catch (Throwable bug) {
            if (toldOfBug.compareAndSet(false, true)) {
                onBug.accept(bug);
            }
        } finally {
            ended.countDown();
        }
    }

    /**
     * Stops the threads, then the engine.
     *
     * @throws StorageException if the clean stop could not be marked in the log
     */
    @Override
    public void close() throws StorageException {
        stopping = true;
        for (Owner owner : engine.owners()) {
            owner.bell().ring();
        }
        boolean interrupted = false;
        while (ended.getCount() > 0) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        engine.close();
    }
}
