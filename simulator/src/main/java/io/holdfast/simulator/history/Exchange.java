package io.holdfast.simulator.history;

import org.jspecify.annotations.Nullable;

/**
 * One request of a history and what became of it. Not thread-safe; {@link History} fills it in.
 *
 * @param <R> the responses there are to the request
 */
public final class Exchange<R extends Response> {

    private final int number;
    private final String gid;
    private final Request<R> request;
    private final long invokedAt;
    private @Nullable R response;
    private long respondedAt;

    Exchange(int number, String gid, Request<R> request, long invokedAt) {
        this.number = number;
        this.gid = gid;
        this.request = request;
        this.invokedAt = invokedAt;
    }

    void complete(R told, long at) {
        if (response != null) {
            throw new IllegalStateException(describe() + " has a response already, not another one: " + told);
        }
        if (at < invokedAt) {
            throw new IllegalArgumentException(describe() + " cannot have had a response before, at " + at);
        }
        response = told;
        respondedAt = at;
    }

    /** Position among the requests about this gid, in the order in which they were recorded, from 1. */
    public int number() {
        return number;
    }

    public String gid() {
        return gid;
    }

    public Request<R> request() {
        return request;
    }

    /** When the request was sent. */
    public long invokedAt() {
        return invokedAt;
    }

    /** What the client was told; null if nothing yet. */
    public @Nullable R response() {
        return response;
    }

    /** Whether the client was told something, and when: if not, the request has no end. */
    boolean isAnswered() {
        return response != null && !(response instanceof Response.Unknown);
    }

    /** When the response came; without meaning if there is none. */
    long respondedAt() {
        return respondedAt;
    }

    /** In words, with its times: "#3 [12, 20] query: not found". */
    public String describe() {
        return "#" + number + " [" + (invokedAt == Long.MIN_VALUE ? "any time" : Long.toString(invokedAt)) + ", "
                + (isAnswered() ? Long.toString(respondedAt) : "open") + "] " + request + ": "
                + (response == null ? "no response" : response);
    }

    @Override
    public String toString() {
        return gid + " " + describe();
    }
}
