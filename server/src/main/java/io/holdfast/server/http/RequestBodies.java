package io.holdfast.server.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.FilteredHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.holdfast.api.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Receives the bodies of requests: each within a time, all together within a bound of memory. Without these, clients that begin
 * large bodies and never end them would fill the heap. Thread-safe.
 */
public final class RequestBodies {

    /** Of each body so much is not counted, so that large ones never keep out a decision, which is small. */
    static final int FREE_BYTES = 16 << 10;
    /** The part of the heap that bodies may take until they are answered; while one is read it takes about three times its size. */
    private static final int HEAP_PART = 8;

    private final long maxBytes;
    private final long maxMillis;
    private final AtomicLong held = new AtomicLong();

    /**
     * @param maxBytes  of all bodies that are being received or worked on, beyond the first {@link #FREE_BYTES} of each
     * @param maxMillis in which a body has to be complete
     */
    public RequestBodies(long maxBytes, long maxMillis) {
        this.maxBytes = maxBytes;
        this.maxMillis = maxMillis;
    }

    /** A part of the heap, but room for one request at least. */
    public static long boundFor(int maxRequestBytes) {
        return Math.max(maxRequestBytes, Runtime.getRuntime().maxMemory() / HEAP_PART);
    }

    /** What is counted of all bodies right now. */
    public long heldBytes() {
        return held.get();
    }

    /**
     * The request with its whole body.
     *
     * @return completes exceptionally with {@link Refused} if it comes too slowly or finds no room
     */
    public CompletableFuture<AggregatedHttpRequest> receive(ServiceRequestContext context, HttpRequest request) {
        Share share = new Share();
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> share.giveBack());
        ScheduledFuture<?> end = context.eventLoop().schedule(() -> request.abort(Refused.slow(maxMillis)), maxMillis,
                TimeUnit.MILLISECONDS);
        return new Counted(request, share).aggregate().whenComplete((whole, failure) -> end.cancel(false));
    }

    /** The request as it is, with the same bound on what is held of it, for endpoints that receive bodies themselves. */
    public HttpRequest counted(ServiceRequestContext context, HttpRequest request) {
        Share share = new Share();
        CompletableFuture<Void> unused = context.log().whenComplete().thenAccept(log -> share.giveBack());
        return new Counted(request, share);
    }

    /** Not {@link HttpRequest#peekData}, which is told of the parts only when the last one is there. */
    private static final class Counted extends FilteredHttpRequest {

        private final Share share;

        Counted(HttpRequest request, Share share) {
            super(request);
            this.share = share;
        }

        @Override
        protected HttpObject filter(HttpObject part) {
            if (part instanceof HttpData data) {
                share.add(data.length());
            }
            return part;
        }
    }

    /** What one request holds. Thread-safe: its end is not always told by the thread that received it. */
    private final class Share {

        private long received;
        private long counted;
        private boolean closed;

        synchronized void add(int bytes) {
            received += bytes;
            long more = Math.max(0, received - FREE_BYTES) - counted;
            if (closed || more == 0) {
                return;
            }
            if (held.addAndGet(more) > maxBytes) {
                held.addAndGet(-more);
                throw Refused.noRoom(maxBytes);
            }
            counted += more;
        }

        synchronized void giveBack() {
            closed = true;
            held.addAndGet(-counted);
            counted = 0;
        }
    }

    /** Whether a request ended because its body found no room here. */
    public static boolean isRefusal(Throwable thrown) {
        return thrown instanceof Refused || thrown.getCause() instanceof Refused;
    }

    /** A body that was not received to its end; nothing was done with the request. */
    static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient AggregatedHttpResponse answer;

        private Refused(AggregatedHttpResponse answer) {
            super("a request body was refused", null, false, false);
            this.answer = Answers.lastOfItsConnection(answer);
        }

        private static Refused slow(long maxMillis) {
            return new Refused(Answers.error(HttpStatus.REQUEST_TIMEOUT, "body_timeout",
                    "the request body was not complete after " + maxMillis + " ms; nothing was done",
                    "at most " + maxMillis + " ms"));
        }

        private static Refused noRoom(long maxBytes) {
            return new Refused(Answers.error(ErrorCode.OVERLOADED, "request bodies of " + maxBytes
                    + " bytes are being worked on: send this one later; nothing was done", null));
        }

        AggregatedHttpResponse answer() {
            return answer;
        }
    }
}
