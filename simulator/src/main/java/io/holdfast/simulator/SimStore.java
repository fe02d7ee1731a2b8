package io.holdfast.simulator;

import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store;
import io.holdfast.simulator.disk.FakeDisk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model of the store: promises what {@link Store} promises, and no more. A cut is one operation of the disk, which crashes and
 * fails like any other; what came after the last cut is gone with the process.
 */
public final class SimStore implements Store {

    private final FakeDisk disk;
    private final Durable durable;
    private Contents now = new Contents();
    /** What has happened to the contents since the last cut. */
    private final List<Consumer<Contents>> sinceCut = new ArrayList<>();
    private boolean open;

    /** What cuts have made durable. Outlives processes. */
    public static final class Durable {
        private @Nullable Contents contents;
        private int cuts;

        /** How many cuts have become durable. */
        public int cuts() {
            return cuts;
        }

        /** Becomes a copy of what another node's cuts have made durable. */
        void install(Durable other) {
            contents = other.contents == null ? null : other.contents.copy();
        }

        /** The entry up to which the last cut has everything; 0 for none. */
        long cutSequence() {
            return contents == null ? 0 : requireHeader(contents).sequence();
        }
    }

    private record BodyKey(String gid, int branchIndex, BodyKind kind) {}

    private static final class Contents {
        private Cut.@Nullable Header header;
        private final TreeMap<Long, Transaction> unfinished = new TreeMap<>();
        private final TreeMap<Long, Finished> archive = new TreeMap<>();
        private final Map<String, Finished> byGid = new HashMap<>();
        private final Map<String, Finished> byBusinessKey = new HashMap<>();
        private final Map<BodyKey, Payload> bodies = new HashMap<>();
        private long nextFinished;

        Contents copy() {
            Contents copy = new Contents();
            copy.header = header;
            copy.unfinished.putAll(unfinished);
            copy.archive.putAll(archive);
            copy.byGid.putAll(byGid);
            copy.byBusinessKey.putAll(byBusinessKey);
            copy.bodies.putAll(bodies);
            copy.nextFinished = nextFinished;
            return copy;
        }

        void archive(Finished one) {
            require(one.finishedOrdinal() == nextFinished,
                    "finished " + one.finishedOrdinal() + " comes after " + (nextFinished - 1));
            nextFinished++;
            archive.put(one.finishedOrdinal(), one);
            Finished twin = byGid.put(one.transaction().gid(), one);
            Violation.unless(twin == null, "G7 two transactions %s have finished", one.transaction().gid());
            String key = businessKey(one);
            if (!key.isEmpty()) {
                byBusinessKey.put(key, one);
            }
        }

        /** What finished after the last cut comes again. */
        void dropFrom(long finishedOrdinal) {
            List.copyOf(archive.tailMap(finishedOrdinal).values()).forEach(this::expire);
            nextFinished = finishedOrdinal;
        }

        void expire(Finished one) {
            archive.remove(one.finishedOrdinal());
            byGid.remove(one.transaction().gid());
            byBusinessKey.remove(businessKey(one), one);
        }

        private static String businessKey(Finished one) {
            return one.transaction().terms().attributes().businessKey();
        }

        void cut(Cut cut, List<KeptBody> kept) {
            require(cut.header().finishedOrdinals() <= nextFinished, "a cut without its archive");
            header = cut.header();
            for (KeptBody body : kept) {
                bodies.put(new BodyKey(body.gid(), body.branchIndex(), body.kind()), body.payload());
            }
            for (Cut.Removed removed : cut.removed()) {
                Violation.unless(unfinished.remove(removed.ordinal()) != null, "removed %s was not there",
                        removed.ordinal());
                dropBodies(removed.transaction());
            }
            cut.changed().forEach(changed -> unfinished.put(changed.ordinal(), changed.transaction()));
        }

        private void dropBodies(Transaction of) {
            for (int i = 0; i < of.branches().size(); i++) {
                for (BodyKind kind : BodyKind.values()) {
                    bodies.remove(new BodyKey(of.gid(), i, kind));
                }
            }
        }
    }

    /** @param disk which counts cuts among its operations */
    public SimStore(FakeDisk disk, Durable durable) {
        this.disk = disk;
        this.durable = durable;
    }

    @Override
    public Core recover() {
        Contents held = durable.contents;
        open = true;
        if (held == null) {
            return new Core();
        }
        Cut.Header header = requireHeader(held);
        held.dropFrom(header.finishedOrdinals());
        now = held.copy();
        Core.Restoration restoration = Core.restore(header);
        now.unfinished.forEach((ordinal, transaction) -> restoration.unfinished(new Unfinished(transaction, ordinal)));
        now.archive.tailMap(header.finishedOrdinals() - header.finishedKept()).values().forEach(restoration::finished);
        return restoration.core();
    }

    private static Cut.Header requireHeader(Contents contents) {
        Cut.Header header = contents.header;
        if (header == null) {
            throw new IllegalStateException("a cut has a header");
        }
        return header;
    }

    @Override
    public void archive(List<Finished> finished) {
        requireOpen();
        finished.forEach(one -> change(contents -> contents.archive(one)));
    }

    private void change(Consumer<Contents> what) {
        what.accept(now);
        sinceCut.add(what);
    }

    @Override
    public void cut(Cut cut, List<KeptBody> bodies) throws StorageException {
        requireOpen();
        change(contents -> contents.cut(cut, bodies));
        disk.atomically("cut", "store", () -> {
            Contents onDisk = durable.contents == null ? new Contents() : durable.contents;
            sinceCut.forEach(what -> what.accept(onDisk));
            durable.contents = onDisk;
            durable.cuts++;
        });
        sinceCut.clear();
    }

    @Override
    public @Nullable Finished find(String gid) {
        requireOpen();
        return now.byGid.get(gid);
    }

    @Override
    public @Nullable Finished findByBusinessKey(String businessKey) {
        requireOpen();
        return now.byBusinessKey.get(businessKey);
    }

    @Override
    public void scan(long fromFinishedOrdinal, FinishedVisitor visitor) {
        requireOpen();
        for (Finished finished : now.archive.tailMap(fromFinishedOrdinal).values()) {
            if (!visitor.visit(finished)) {
                return;
            }
        }
    }

    @Override
    public @Nullable Payload body(String gid, int branchIndex, BodyKind kind) {
        requireOpen();
        return now.bodies.get(new BodyKey(gid, branchIndex, kind));
    }

    @Override
    public int expire(State outcome, long finishedBeforeWallMillis, long keepFromFinishedOrdinal, int max) {
        requireOpen();
        List<Finished> old = new ArrayList<>();
        for (Finished finished : now.archive.headMap(keepFromFinishedOrdinal).values()) {
            if (finished.transaction().state() == outcome && old.size() < max) {
                if (finished.transaction().finishedWallMillis() >= finishedBeforeWallMillis) {
                    break;
                }
                old.add(finished);
            }
        }
        old.forEach(one -> change(contents -> contents.expire(one)));
        return old.size();
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        open = false;
    }

    private void requireOpen() {
        require(open, "the store is not open");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalStateException(message);
        }
    }
}
