package io.holdfast.server.node;

import io.holdfast.engine.StorageException;
import io.holdfast.raft.Cut;
import io.holdfast.raft.Mark;
import io.holdfast.server.backup.BackupSource;
import io.holdfast.server.cluster.CutSource;
import io.holdfast.server.cluster.OfferedCut;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts of a leader for nodes that cannot catch up by the log, or have none. For one of them at a time. */
final class CutsForOthers implements CutSource {

    private static final Logger LOG = LoggerFactory.getLogger(CutsForOthers.class);
    private static final long RETRY_MILLIS = 500;
    private static final long POSITION_WAIT_MILLIS = 5_000;
    private static final long POSITION_POLL_MILLIS = 5;
    private static final int CUT_ATTEMPTS = 5;

    private final Supplier<Life> life;
    private final BackupSource aside;

    /**
     * @param life  of the node; throws while it has none
     * @param aside where the store is kept meanwhile
     */
    CutsForOthers(Supplier<Life> life, BackupSource aside) {
        this.life = life;
        this.aside = aside;
    }

    /** {@inheritDoc} The log still says where it stands, so another one may follow at once. */
    @Override
    public OfferedCut take(boolean withMark) throws IOException, InterruptedException {
        Mark mark = withMark ? mark() : null;
        for (int attempt = 0; attempt < CUT_ATTEMPTS; attempt++) {
            BackupSource.Kept kept = null;
            Cut cut = null;
            try {
                kept = aside.keepAside().get();
                cut = positionOf(kept.cut().sequence());
            } catch (ExecutionException e) {
                LOG.atInfo().addKeyValue("cause", String.valueOf(e.getCause())).log("no cut for another node yet");
            } finally {
                if (cut == null) {
                    giveBack();
                }
            }
            if (kept != null && cut != null) {
                if (mark == null || cut.sequence() >= mark.sequence()) {
                    return new OfferedCut(cut, mark, kept.store());
                }
                giveBack();
            }
            Thread.sleep(RETRY_MILLIS);
        }
        throw new IOException("no cut could be taken in " + CUT_ATTEMPTS + " attempts");
    }

    @Override
    public void drop() throws StorageException {
        aside.dropAside();
    }

    /** Shows that a majority takes entries of this node now. */
    private Mark mark() throws IOException, InterruptedException {
        try {
            return life.get().log().mark().get();
        } catch (ExecutionException e) {
            throw new IOException("this node cannot show that it leads: " + e.getCause(), e);
        }
    }

    private void giveBack() throws IOException {
        try {
            aside.dropAside();
        } catch (StorageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private @Nullable Cut positionOf(long sequence) throws InterruptedException {
        long giveUpAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(POSITION_WAIT_MILLIS);
        while (System.nanoTime() - giveUpAtNanos < 0) {
            Cut released = life.get().log().lastCut();
            if (released.sequence() >= sequence) {
                return released.sequence() == sequence ? released : null;
            }
            Thread.sleep(POSITION_POLL_MILLIS);
        }
        return null;
    }
}
