package io.holdfast.server;

import java.util.concurrent.CountDownLatch;

/**
 * Tells the main thread that the process was asked to end (SIGTERM, SIGINT), and keeps the JVM alive until that thread has
 * closed everything. Thread-safe.
 */
final class StopSignal implements AutoCloseable {

    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("stop").unstarted(this::endOfProcess);

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void endOfProcess() {
        told.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void tell() {
        told.countDown();
    }

    void await() throws InterruptedException {
        told.await();
    }

    /** To be called last, when everything else is closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is running: the JVM ends as soon as it returns.
        }
    }
}
