package io.holdfast.engine.lease;

import io.holdfast.core.Check;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls that were sent to a worker on one connection and have not ended. For one thread.
 * <p>
 * Why a branch never has two calls under way, whatever a worker does, as long as its clock runs: a call is begun only within the lease
 * of a ping that was heard before the call was sent, and such a ping was sent earlier still. So it is begun at most one lease after it
 * was sent from here, and ends one time-out later; only then is it given up here. No two clocks are compared.
 *
 * @param <C> a call, with whoever waits for its result
 */
public final class LeasedCalls<C> {

    private final LeaseTerms terms;
    /** In the order in which they were sent. */
    private final Map<Long, Sent<C>> sent = new LinkedHashMap<>();
    private long lastId;
    private boolean closed;

    private record Sent<C>(C call, long givenUpAtNanos) {}

    public LeasedCalls(LeaseTerms terms) {
        this.terms = terms;
    }

    /**
     * A call is sent now.
     *
     * @return its number on this connection
     */
    public long send(C call, int timeoutMillis, long nowNanos) {
        Check.that(!closed, "nothing is sent on a connection that is gone");
        sent.put(++lastId, new Sent<>(call, nowNanos + terms.givenUpAfterNanos(timeoutMillis)));
        return lastId;
    }

    /** The worker has told what came of a call. Returns null for one that was given up before, or is none. */
    public @Nullable C answered(long id) {
        Sent<C> one = sent.remove(id);
        return one == null ? null : one.call;
    }

    /** Takes out those that have surely ended, whether or not the worker ever answers. */
    public List<C> giveUp(long nowNanos) {
        List<C> ended = new ArrayList<>();
        for (Iterator<Sent<C>> i = sent.values().iterator(); i.hasNext();) {
            Sent<C> one = i.next();
            if (nowNanos - one.givenUpAtNanos >= 0) {
                i.remove();
                ended.add(one.call);
            }
        }
        return ended;
    }

    /**
     * The connection is gone. This ends no call: it was the network that ended the connection, as far as anybody knows, and the worker
     * may be at it.
     */
    public void close() {
        closed = true;
    }

    /** How many may still be under way. */
    public int size() {
        return sent.size();
    }

    public boolean isEmpty() {
        return sent.isEmpty();
    }
}
