package io.holdfast.engine;

import io.holdfast.api.Operation;
import io.holdfast.core.Branch;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of unfinished transactions: in the heap until a cut has taken them, then in the store. Written by the owner of the
 * core, read by the dispatcher, emptied by the owner of the store; thread-safe.
 * <p>
 * A body is dropped when its transaction finishes: nothing can be called with it any more.
 */
final class BodyStore {

    private final Store store;
    private final Map<String, List<KeptBody>> inHeap = new ConcurrentHashMap<>();

    BodyStore(Store store) {
        this.store = store;
    }

    void keep(KeptBody body) {
        inHeap.compute(body.gid(), (gid, known) -> {
            List<KeptBody> kept = known == null ? new ArrayList<>(2) : new ArrayList<>(known);
            kept.add(body);
            return kept;
        });
    }

    /** Those in the heap that a cut has to take: of all transactions that changed. */
    List<KeptBody> of(List<Unfinished> changed) {
        List<KeptBody> bodies = new ArrayList<>();
        for (Unfinished transaction : changed) {
            bodies.addAll(inHeap.getOrDefault(transaction.transaction().gid(), List.of()));
        }
        return bodies;
    }

    /** A cut has made these durable. */
    void parked(List<KeptBody> bodies) {
        for (KeptBody body : bodies) {
            inHeap.computeIfPresent(body.gid(), (gid, known) -> {
                List<KeptBody> left = new ArrayList<>(known);
                left.remove(body);
                return left.isEmpty() ? null : left;
            });
        }
    }

    boolean isEmpty() {
        return inHeap.isEmpty();
    }

    boolean has(String gid) {
        return inHeap.containsKey(gid);
    }

    void drop(String gid) {
        inHeap.remove(gid);
    }

    /**
     * The Try result for a Confirm that has one, else the payload.
     *
     * @throws StorageException if it cannot be read, or is gone because the transaction has finished
     */
    Payload forCall(Transaction transaction, int branchIndex, Operation operation) throws StorageException {
        Branch branch = transaction.branches().get(branchIndex);
        return operation == Operation.CONFIRM && branch.tryResultBytes() >= 0
                ? get(transaction.gid(), branchIndex, BodyKind.TRY_RESULT, branch.tryResultBytes())
                : get(transaction.gid(), branchIndex, BodyKind.PAYLOAD, branch.payloadBytes());
    }

    private Payload get(String gid, int branchIndex, BodyKind kind, int bytes) throws StorageException {
        if (bytes == 0) {
            return Payload.EMPTY;
        }
        Payload found = find(gid, branchIndex, kind);
        if (found == null || found.sizeBytes() != bytes) {
            throw new StorageException(StorageException.Kind.DAMAGED, kind + " of branch " + branchIndex + " of " + gid
                    + (found == null ? " is not there" : " has " + found.sizeBytes() + " bytes instead of " + bytes));
        }
        return found;
    }

    private @Nullable Payload find(String gid, int branchIndex, BodyKind kind) throws StorageException {
        List<KeptBody> kept = inHeap.getOrDefault(gid, List.of());
        for (int i = kept.size() - 1; i >= 0; i--) {
            if (kept.get(i).branchIndex() == branchIndex && kept.get(i).kind() == kind) {
                return kept.get(i).payload();
            }
        }
        return store.body(gid, branchIndex, kind);
    }

    /** The payloads of an unfinished transaction by branch index; an empty array where there is none. */
    List<byte[]> payloads(Transaction transaction) throws StorageException {
        List<byte[]> payloads = new ArrayList<>(transaction.branches().size());
        for (int i = 0; i < transaction.branches().size(); i++) {
            payloads.add(get(transaction.gid(), i, BodyKind.PAYLOAD, transaction.branches().get(i).payloadBytes())
                    .bytes());
        }
        return payloads;
    }
}
