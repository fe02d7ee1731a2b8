package io.holdfast.engine;

import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that lives no longer than its process: a restart begins with the whole log. */
public final class ForgetfulStore implements Store {

    private final List<Finished> archive = new ArrayList<>();
    final List<Cut> cuts = new ArrayList<>();
    private final List<KeptBody> bodies = new ArrayList<>();
    volatile long freeBytes = Long.MAX_VALUE;
    private int finds;
    boolean broken;
    boolean bodiesUnreadable;
    boolean closed;

    List<Transaction> archived() {
        return archive.stream().map(Finished::transaction).toList();
    }

    /** Look-ups so far. */
    int finds() {
        return finds;
    }

    synchronized void loseBodies() {
        bodies.clear();
    }

    @Override
    public Core recover() {
        return new Core();
    }

    @Override
    public void archive(List<Finished> finished) throws StorageException {
        if (broken) {
            throw new StorageException(StorageException.Kind.FAILED, "the store is gone");
        }
        archive.addAll(finished);
    }

    @Override
    public synchronized void cut(Cut cut, List<KeptBody> withBodies) {
        cuts.add(cut);
        bodies.addAll(withBodies);
        for (Cut.Removed removed : cut.removed()) {
            bodies.removeIf(body -> body.gid().equals(removed.transaction().gid()));
        }
    }

    @Override
    public @Nullable Finished find(String gid) {
        finds++;
        return archive.stream().filter(one -> one.transaction().gid().equals(gid)).findAny().orElse(null);
    }

    @Override
    public @Nullable Finished findByBusinessKey(String businessKey) {
        return archive.stream()
                .filter(one -> one.transaction().terms().attributes().businessKey().equals(businessKey)).findAny()
                .orElse(null);
    }

    @Override
    public void scan(long fromFinishedOrdinal, FinishedVisitor visitor) {
        for (Finished finished : archive) {
            if (finished.finishedOrdinal() >= fromFinishedOrdinal && !visitor.visit(finished)) {
                return;
            }
        }
    }

    @Override
    public synchronized @Nullable Payload body(String gid, int branchIndex, BodyKind kind) throws StorageException {
        if (bodiesUnreadable) {
            throw new StorageException(StorageException.Kind.DAMAGED, "the file 000007.sst is damaged");
        }
        return bodies.stream()
                .filter(body -> body.gid().equals(gid) && body.branchIndex() == branchIndex && body.kind() == kind)
                .map(KeptBody::payload).findAny().orElse(null);
    }

    @Override
    public int expire(State outcome, long finishedBeforeWallMillis, long keepFromFinishedOrdinal, int max) {
        int before = archive.size();
        archive.removeIf(one -> one.transaction().state() == outcome
                && one.transaction().finishedWallMillis() < finishedBeforeWallMillis
                && one.finishedOrdinal() < keepFromFinishedOrdinal);
        return before - archive.size();
    }

    @Override
    public long freeBytes() {
        return freeBytes;
    }

    @Override
    public void close() {
        closed = true;
    }
}
