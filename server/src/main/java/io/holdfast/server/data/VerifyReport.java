package io.holdfast.server.data;

import io.holdfast.store.Findings;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** Prints what a verification finds: a line for what it has finished, for what it is at if that takes long, for damage. */
public final class VerifyReport implements Findings {

    /** A broken disk can damage millions of rows; these tell enough. */
    private static final int MOST_SHOWN = 100;
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter out;
    private final long began = System.nanoTime();
    private long saidAt = began;
    private long damages;

    public VerifyReport(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void damaged(String what) {
        if (++damages <= MOST_SHOWN) {
            say("DAMAGED " + CommandText.printable(what));
        }
    }

    @Override
    public void looking(String kind, long count) {
        if (System.nanoTime() - saidAt > EVERY_NANOS) {
            say("... " + count + " " + kind);
        }
    }

    @Override
    public void looked(String kind, long count) {
        say(count + " " + kind);
    }

    private void say(String line) {
        saidAt = System.nanoTime();
        out.println(line);
        out.flush();
    }

    /** Says how it ended, and returns whether all is well. */
    public boolean end() {
        if (damages > MOST_SHOWN) {
            say("... and " + (damages - MOST_SHOWN) + " more");
        }
        say((damages == 0 ? "All is well" : "Something is damaged: see above") + " ("
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms)");
        return damages == 0;
    }
}
