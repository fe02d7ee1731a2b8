package io.holdfast.bench.wire;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that the caller makes up, as dtm's clients do: the server has to look for them in its archive. Thread-safe. */
public final class Gids {

    private final String prefix = "bench-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";
    private final AtomicLong next = new AtomicLong();

    public String next() {
        return prefix + next.incrementAndGet();
    }
}
