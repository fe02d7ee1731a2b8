package io.holdfast.server.http;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Knows the requests that are under way, so that a stop can wait for exactly these: from then on no other is let in.
 * Thread-safe.
 */
public final class Traffic implements DecoratingHttpServiceFunction {

    /**
     * Added to the count once nothing is let in any more. One word holds both, so that no request slips in between the look at
     * the one and the change of the other.
     */
    private static final int CLOSED = Integer.MIN_VALUE;
    /** What writing an answer may take, on top of the time that a drain gives. */
    private static final long CUT_OFF_MILLIS = 500;

    private final int maxUnderWay;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<ServiceRequestContext> underWay = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> quiet = new CompletableFuture<>();

    /** @param maxUnderWay requests that are let in at the same time */
    public Traffic(int maxUnderWay) {
        this.maxUnderWay = maxUnderWay;
    }

    @Override
    public HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        int before = count.getAndUpdate(now -> now < 0 || now >= maxUnderWay ? now : now + 1);
        if (before < 0) {
            return GrpcRefusal.of(request.headers(), Answers.draining());
        }
        if (before >= maxUnderWay) {
            return GrpcRefusal.of(request.headers(), Answers.error(ErrorCode.OVERLOADED,
                    maxUnderWay + " requests are under way: send this one later", null));
        }
        underWay.add(context);
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> left(context));
        return delegate.serve(context, request);
    }

    private void left(ServiceRequestContext context) {
        underWay.remove(context);
        if (count.decrementAndGet() == CLOSED) {
            quiet.complete(null);
        }
    }

    public int inFlight() {
        return count.get() & ~CLOSED;
    }

    /**
     * Refuses whatever comes from now on, and blocks until what was under way has been answered. What is not after
     * {@code maxMillis} is answered that its outcome is unknown.
     *
     * @return how many requests got that answer
     */
    public int drain(long maxMillis) {
        if (count.updateAndGet(now -> now | CLOSED) == CLOSED || isQuietWithin(maxMillis)) {
            return 0;
        }
        int cutOff = inFlight();
        underWay.forEach(context -> context.cancel(ShuttingDownException.get()));
        isQuietWithin(CUT_OFF_MILLIS);
        return cutOff;
    }

    private boolean isQuietWithin(long maxMillis) {
        try {
            quiet.get(maxMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes this with a failure", e);
        }
    }
}
