package io.holdfast.examples.demo;

import io.holdfast.examples.load.Tally;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Shows once a second how far the run is: in place on a terminal, line by line elsewhere. */
final class Progress implements AutoCloseable {
    private static final String CLEAR_REST = "\033[K";

    private final PrintWriter out;
    private final Tally tally;
    private final IntSupplier kills;
    private final boolean isTerminal;
    private final Thread ticker;
    private final long startedAtNanos = System.nanoTime();

    private Progress(PrintWriter out, Tally tally, IntSupplier kills) {
        this.out = out;
        this.tally = tally;
        this.kills = kills;
        Console console = System.console();
        isTerminal = console != null && console.isTerminal();
        ticker = Thread.ofVirtual().unstarted(this::tick);
    }

    static Progress start(PrintWriter out, Tally tally, IntSupplier kills) {
        Progress progress = new Progress(out, tally, kills);
        progress.ticker.start();
        return progress;
    }

    @Override
    public void close() {
        ticker.interrupt();
        try {
            ticker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        show();
        if (isTerminal) {
            out.println();
        }
        out.flush();
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(TimeUnit.SECONDS.toMillis(1));
                show();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void show() {
        String line = String.format(Locale.ROOT,
                "%4d s  placed %6d  confirmed %6d  rejected %5d  unknown %4d  under way %4d  kills %d",
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAtNanos), tally.placedCount(),
                tally.confirmedCount(), tally.rejectedCount(), tally.unknownCount(), tally.unfinishedCount(),
                kills.getAsInt());
        if (isTerminal) {
            out.print("\r" + line + CLEAR_REST);
        } else {
            out.println(line);
        }
        out.flush();
    }
}
