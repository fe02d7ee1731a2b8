package io.holdfast.bench.child;

import io.holdfast.core.Command;
import java.time.Duration;

/** Makes an engine cut, which it does by itself only after so many bytes of log. */
final class Cuts {

    /** Of the log between two cuts, in engines that are made to cut. */
    static final long CUT_BYTES = 4L << 20;

    private static final int FILLER_CHARS = 100_000;
    private static final Command FILLER = new Command.Operate("no-such-transaction", Command.OperatorAction.RETRY,
            "bench", "x".repeat(FILLER_CHARS));
    /** The first may have been under way before, so it does not hold what was written last. */
    private static final int CUTS_FOR_ALL = 2;

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Cuts() {
    }

    /**
     * Returns when a cut holds everything that was done before the call. The engine cuts after {@code cutBytes}; what is written
     * for that are orders about a transaction that does not exist.
     */
    static void takeAll(EngineNode node, long cutBytes) throws Exception {
        long wanted = node.figures().storage().cuts() + CUTS_FOR_ALL;
        long most = (CUTS_FOR_ALL + 2) * cutBytes / FILLER_CHARS + 1;
        long giveUpAt = System.nanoTime() + LIMIT.toNanos();
        for (long i = 0; node.figures().storage().cuts() < wanted; i++) {
            if (System.nanoTime() > giveUpAt) {
                throw new IllegalStateException("no cut within " + LIMIT + ", in which " + i + " orders of "
                        + FILLER_CHARS + " characters were written");
            }
            if (i > most) {
                // Enough for the cuts, but one of a million transactions takes seconds.
                Thread.sleep(PAUSE);
            }
            node.submitForNothing(FILLER);
        }
    }
}
