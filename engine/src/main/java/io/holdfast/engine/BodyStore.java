package io.holdfast.engine;

import io.holdfast.api.Operation;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of unfinished transactions, in the heap. Written by the owner of the core, read by the dispatcher; thread-safe.
 * <p>
 * A body is dropped when its transaction finishes: nothing can be called with it any more.
 */
final class BodyStore {

    private final Map<String, Bodies> byGid = new ConcurrentHashMap<>();

    /** The bodies of one transaction, by branch index; null where there is none. */
    private static final class Bodies {
        private @Nullable Payload[] payloads = new @Nullable Payload[2];
        private @Nullable Payload[] tryResults = new @Nullable Payload[0];

        synchronized void keep(KeptBody body) {
            switch (body.kind()) {
                case PAYLOAD -> payloads = put(payloads, body);
                case TRY_RESULT -> tryResults = put(tryResults, body);
            }
        }

        synchronized @Nullable Payload get(int branchIndex, BodyKind kind) {
            @Nullable
            Payload[] from = kind == BodyKind.PAYLOAD ? payloads : tryResults;
            return branchIndex < from.length ? from[branchIndex] : null;
        }

        private static @Nullable Payload[] put(@Nullable Payload[] to, KeptBody body) {
            @Nullable
            Payload[] grown = body.branchIndex() < to.length
                    ? to
                    : Arrays.copyOf(to, Math.max(body.branchIndex() + 1, to.length * 2));
            grown[body.branchIndex()] = body.payload();
            return grown;
        }
    }

    void keep(KeptBody body) {
        byGid.computeIfAbsent(body.gid(), gid -> new Bodies()).keep(body);
    }

    boolean isEmpty() {
        return byGid.isEmpty();
    }

    boolean has(String gid) {
        return byGid.containsKey(gid);
    }

    void drop(String gid) {
        byGid.remove(gid);
    }

    /** The Try result for a Confirm that has one, else the payload. */
    Payload forCall(String gid, int branchIndex, Operation operation) {
        Bodies bodies = byGid.get(gid);
        if (bodies == null) {
            return Payload.EMPTY;
        }
        Payload tryResult = operation == Operation.CONFIRM ? bodies.get(branchIndex, BodyKind.TRY_RESULT) : null;
        Payload payload = tryResult != null ? tryResult : bodies.get(branchIndex, BodyKind.PAYLOAD);
        return payload != null ? payload : Payload.EMPTY;
    }

    /** The payloads by branch index; an empty array where there is none. */
    List<byte[]> payloads(String gid, int branches) {
        List<byte[]> payloads = new ArrayList<>(branches);
        for (int i = 0; i < branches; i++) {
            payloads.add(forCall(gid, i, Operation.CANCEL).bytes());
        }
        return payloads;
    }
}
