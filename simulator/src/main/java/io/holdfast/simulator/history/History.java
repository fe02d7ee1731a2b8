package io.holdfast.simulator.history;

import io.holdfast.api.Mode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who asked what when, and what they were told when, for any number of gids. It begins when none of them exists.
 * <p>
 * Times are numbers of one clock, whatever its unit. A request is known to come after another one only if it was sent at a
 * later time than the other one's response: equal times prove no order. So on virtual time, which stands still for many
 * events, a counter of events is the sharper clock.
 * <p>
 * A gid stands for one transaction throughout. Histories in which retention forgets a transaction cannot be judged, nor those
 * whose begins ask for different terms; a begin that was answered with another gid, whose business key it has, is
 * {@link Response.Refused} as far as its own gid goes.
 * <p>
 * Not thread-safe. Clients on several threads record under a lock of theirs; reading the clock outside of it is harmless as
 * long as the invocation is read before the request is sent and the response after it came.
 */
public final class History {

    private final SortedMap<String, List<Exchange<?>>> byGid = new TreeMap<>();
    private final SortedMap<String, Mode> modes = new TreeMap<>();
    private int size;

    /**
     * A request is being sent.
     *
     * @param at now, or earlier
     * @return what {@link #complete} needs
     * @throws IllegalArgumentException if it begins a transaction in another mode than an earlier one of the same gid
     */
    public <R extends Response> Exchange<R> invoke(String gid, Request<R> request, long at) {
        if (request instanceof Request.Begin(Mode mode)) {
            Mode before = modes.putIfAbsent(gid, mode);
            if (before != null && before != mode) {
                throw new IllegalArgumentException("gid " + gid + " is to begin as " + mode + " and as " + before);
            }
        }
        List<Exchange<?>> ofGid = byGid.computeIfAbsent(gid, absent -> new ArrayList<>());
        Exchange<R> exchange = new Exchange<>(ofGid.size() + 1, gid, request, at);
        ofGid.add(exchange);
        size++;
        return exchange;
    }

    /**
     * A response came. A request that is never completed may take effect at any later time, or never.
     *
     * @param at now, or later
     * @throws IllegalStateException    if there was a response already
     * @throws IllegalArgumentException if {@code at} is before the request
     */
    public <R extends Response> void complete(Exchange<R> exchange, R response, long at) {
        exchange.complete(response, at);
    }

    /** Operators whom nobody records may settle this gid by hand, once, at any time. */
    public void mayBeSettledUnseen(String gid) {
        invoke(gid, new Request.Settle(), Long.MIN_VALUE);
    }

    /** Every gid that something was asked of, in their order as strings. */
    public SortedSet<String> gids() {
        return new TreeSet<>(byGid.keySet());
    }

    /** What was asked of one gid, in the order in which it was recorded; empty if nothing was. */
    public List<Exchange<?>> of(String gid) {
        return Collections.unmodifiableList(byGid.getOrDefault(gid, List.of()));
    }

    /** How many requests there are. */
    public int size() {
        return size;
    }

    /** As what it begins; null if no begin was recorded, so that it stays absent. */
    @Nullable
    Mode modeOf(String gid) {
        return modes.get(gid);
    }
}
