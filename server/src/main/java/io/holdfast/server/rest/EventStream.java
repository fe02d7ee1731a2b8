package io.holdfast.server.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import io.holdfast.core.Transaction;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of server-sent events about one transaction. What was not read yet is replaced by what is newer, so that a slow
 * reader costs one event and no more. Owned by an event loop.
 */
final class EventStream {

    /** So that whoever is between the two does not take the connection for dead. */
    private static final long HEARTBEAT_SECONDS = 10;
    /** Long enough to be rare; short enough that streams nobody reads any more do not pile up. */
    private static final long LIFE_MINUTES = 10;

    private final HttpResponseWriter to;
    private final EventExecutor loop;
    private final List<Future<?>> timers = new ArrayList<>(2);
    private boolean started;
    private boolean writing;
    private @Nullable Transaction newest;
    private @Nullable ObjectNode sent;

    EventStream(HttpResponseWriter to, EventExecutor loop) {
        this.to = to;
        this.loop = loop;
    }

    /** The headers have been written. */
    void start() {
        started = true;
        timers.add(loop.scheduleAtFixedRate(() -> send(": still here\n\n"), HEARTBEAT_SECONDS, HEARTBEAT_SECONDS,
                TimeUnit.SECONDS));
        timers.add(loop.schedule(this::end, LIFE_MINUTES, TimeUnit.MINUTES));
        CompletableFuture<Void> unused = to.whenComplete().handle((nothing, failure) -> {
            loop.execute(() -> timers.forEach(timer -> timer.cancel(false)));
            return null;
        });
        tell();
    }

    void changed(Transaction transaction) {
        newest = transaction;
        tell();
    }

    private void tell() {
        Transaction next = newest;
        if (!started || writing || next == null) {
            return;
        }
        newest = null;
        ObjectNode summary = TransactionJson.summary(next);
        // The time of a change that shows in nothing else is no news.
        ObjectNode news = summary.deepCopy().without("updatedAt");
        if (!news.equals(sent)) {
            sent = news;
            send("event: transaction\ndata: " + summary + "\n\n");
        }
        if (next.state().isFinished()) {
            end();
        }
    }

    private void send(String text) {
        // A heartbeat is not worth waiting for, and not worth piling up.
        if (!writing && to.tryWrite(HttpData.ofUtf8(text))) {
            writing = true;
            CompletableFuture<Void> unused = to.whenConsumed().handle((nothing, failure) -> {
                loop.execute(() -> {
                    writing = false;
                    tell();
                });
                return null;
            });
        }
    }

    /** Ends it behind what has been written. */
    void end() {
        to.close();
    }
}
