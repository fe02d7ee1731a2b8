package io.holdfast.server.workers.scaling;

/** Port: who starts and stops workers, for example processes on this machine. For one thread. */
public interface WorkerProvider extends AutoCloseable {

    /**
     * Sees to it that there are so many, and starts again what has died. Does not wait for them.
     *
     * @param workers 0 and more. Those that are too many leave: what they have under way ends first
     */
    void provide(int workers);

    /** Stops all of them. */
    @Override
    void close();
}
