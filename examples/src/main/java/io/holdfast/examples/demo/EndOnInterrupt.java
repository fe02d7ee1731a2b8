package io.holdfast.examples.demo;

import io.holdfast.examples.process.WorkDirectory;

/** Ends a run's processes and deletes its directory when this process is told to stop, for example by Ctrl-C. */
final class EndOnInterrupt implements AutoCloseable {
    private final Thread hook;
    private volatile boolean isInterrupted;

    private EndOnInterrupt(WorkDirectory directory) {
        hook = new Thread(() -> {
            isInterrupted = true;
            directory.close();
        }, "demo-clear-up");
    }

    static EndOnInterrupt watch(WorkDirectory directory) {
        EndOnInterrupt watch = new EndOnInterrupt(directory);
        Runtime.getRuntime().addShutdownHook(watch.hook);
        return watch;
    }

    /** Whether errors are nothing but the end of the run. */
    boolean isInterrupted() {
        return isInterrupted;
    }

    @Override
    public void close() {
        if (!isInterrupted) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The shutdown has just begun: the hook runs, and does the same work once more at no harm.
            }
        }
    }
}
