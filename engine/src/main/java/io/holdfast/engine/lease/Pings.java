package io.holdfast.engine.lease;

import java.util.ArrayDeque;

/** Numbers pings and knows when those were sent that nobody has said to have heard. For one thread. */
public final class Pings {

    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private long last;

    private record Sent(long number, long atNanos) {}

    /** The number of a ping that is sent now. */
    public long next(long nowNanos) {
        sent.add(new Sent(++last, nowNanos));
        return last;
    }

    /** The lease that follows when the other side says which ping it has heard: from when that was sent, whatever came before. */
    public Lease heard(long number, int millis, Lease before) {
        Lease lease = before;
        while (!sent.isEmpty() && sent.peek().number <= number) {
            Sent ping = sent.remove();
            if (ping.number == number) {
                lease = new Lease(ping.atNanos, millis);
            }
        }
        return lease;
    }
}
