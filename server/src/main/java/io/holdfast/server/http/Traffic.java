package io.holdfast.server.http;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Counts the requests that are under way, so that a stop can wait for them. Thread-safe. */
public final class Traffic implements DecoratingHttpServiceFunction {

    /** Long enough for a client to send the decision that follows the answer it just got. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final AtomicInteger inFlight = new AtomicInteger();

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        inFlight.incrementAndGet();
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> inFlight.decrementAndGet());
        return delegate.serve(context, request);
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** Blocks until nothing has been under way for a moment, at most {@code maxMillis}. */
    public void awaitQuiet(long maxMillis) {
        long start = System.nanoTime();
        long quietSince = start;
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(maxMillis)
                && !Thread.currentThread().isInterrupted()) {
            if (inFlight.get() > 0) {
                quietSince = System.nanoTime();
            } else if (System.nanoTime() - quietSince >= QUIET_NANOS) {
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
