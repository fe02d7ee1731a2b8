package io.holdfast.engine;

import io.holdfast.core.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Who is told of every change of one transaction. Owned by the owner of the core. */
final class Followers {

    private final Map<String, List<Consumer<Transaction>>> byGid = new HashMap<>();

    /** A finished transaction changes no more: one message is all there is to say. */
    static Coordinator.Watch toldAlready(Transaction finished, Consumer<Transaction> watcher) {
        watcher.accept(finished);
        return () -> {
        };
    }

    void add(String gid, Consumer<Transaction> watcher) {
        byGid.computeIfAbsent(gid, g -> new ArrayList<>(1)).add(watcher);
    }

    void remove(String gid, Consumer<Transaction> watcher) {
        List<Consumer<Transaction>> ofGid = byGid.get(gid);
        if (ofGid != null && ofGid.remove(watcher) && ofGid.isEmpty()) {
            byGid.remove(gid);
        }
    }

    void tell(List<Transaction> changed) {
        if (byGid.isEmpty()) {
            return;
        }
        for (Transaction transaction : changed) {
            List<Consumer<Transaction>> ofGid = transaction.state().isFinished()
                    ? byGid.remove(transaction.gid())
                    : byGid.get(transaction.gid());
            if (ofGid != null) {
                ofGid.forEach(watcher -> watcher.accept(transaction));
            }
        }
    }
}
