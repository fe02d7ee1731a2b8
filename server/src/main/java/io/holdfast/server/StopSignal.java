package io.holdfast.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the main thread that the process was asked to end (SIGTERM, SIGINT, SIGHUP), so that it closes everything and returns.
 * Thread-safe.
 * <p>
 * It takes the signals instead of adding a shutdown hook: before hooks run the JVM has fixed its exit code, 143 for SIGTERM,
 * and only {@link Runtime#halt} could still change that. It would cut off the other hooks, so that a flight recording were
 * lost. This way the JVM ends like any program whose main thread is done: exit code first, hooks as usual. The price is a class
 * that Java supports but does not specify (module {@code jdk.unsupported}, JEP 260).
 */
public final class StopSignal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
    private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

    private final CountDownLatch told = new CountDownLatch(1);
    private final List<Runnable> givingBack = new ArrayList<>();

    /** Takes the signals from now on. */
    public StopSignal() {
        for (String name : SIGNALS) {
            try {
                var signal = new sun.misc.Signal(name);
                var before = sun.misc.Signal.handle(signal, received -> tell());
                givingBack.add(() -> sun.misc.Signal.handle(signal, before));
            } catch (IllegalArgumentException e) {
                // With -Xrs, or on a system without it. The log recovers from any end.
                LOG.atWarn().addKeyValue("signal", name)
                        .log("a signal cannot be taken: it will end the process at once");
            }
        }
    }

    /** Tells it without a signal. */
    public void tell() {
        told.countDown();
    }

    /** Waits until the process is asked to end. */
    public void await() throws InterruptedException {
        told.await();
    }

    /** Waits for so long at most. Returns whether the process was asked to end. */
    public boolean await(long millis) throws InterruptedException {
        return told.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Gives the signals back; to be called last, when everything else is closed. */
    @Override
    public void close() {
        givingBack.forEach(Runnable::run);
    }
}
