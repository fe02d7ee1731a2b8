package io.holdfast.engine;

import io.holdfast.core.Core;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list: first what the core knows, in the order of creation, then what only the archive still knows, in the order
 * of finishing. So what leaves the core while somebody pages through is met once more at worst, and never missed. Looks at a
 * bounded number of transactions, so that a rare filter holds up nobody. Not thread-safe.
 */
final class Listing {

    private static final int MAX_LOOKED_AT = 20_000;
    private static final String ARCHIVE = "f";

    private final ListQuery query;
    private final List<Transaction> found = new ArrayList<>();
    private int lookedAt;
    private String nextCursor = "";

    Listing(ListQuery query) {
        this.query = query;
    }

    /** Whether the cursor points into the archive. */
    boolean isInArchive() {
        return query.cursor().startsWith(ARCHIVE);
    }

    String businessKey() {
        return query.businessKey();
    }

    /** The page of a query for a business key: the transaction that has it, if the rest matches too. */
    Page of(@Nullable Transaction ofKey) {
        if (ofKey != null) {
            look(ofKey);
        }
        return new Page(found, "");
    }

    /** A page of what the core knows; it may be short, even empty, and still have a next one. */
    Page of(Core core) {
        core.forEach(position(query.cursor()), (ordinal, transaction) -> {
            if (isFull()) {
                nextCursor = Long.toString(ordinal);
                return false;
            }
            look(transaction);
            return true;
        });
        if (nextCursor.isEmpty() && core.finishedOrdinals() > core.finishedKept() && mayBeFinished()) {
            nextCursor = ARCHIVE + "0";
        }
        return new Page(found, nextCursor);
    }

    /**
     * A page of what has left the core.
     *
     * @param before the first position, in the order of finishing, that the core still has
     */
    Page of(Store store, long before) throws StorageException {
        store.scan(position(query.cursor().substring(ARCHIVE.length())), finished -> {
            if (finished.finishedOrdinal() >= before) {
                return false;
            }
            if (isFull()) {
                nextCursor = ARCHIVE + finished.finishedOrdinal();
                return false;
            }
            look(finished.transaction());
            return true;
        });
        return new Page(found, nextCursor);
    }

    private boolean isFull() {
        return found.size() == query.limit() || lookedAt == MAX_LOOKED_AT;
    }

    private void look(Transaction transaction) {
        lookedAt++;
        if (matches(transaction)) {
            found.add(transaction);
        }
    }

    private boolean mayBeFinished() {
        return query.states().isEmpty() || query.states().stream().anyMatch(state -> state.isFinished());
    }

    private boolean matches(Transaction transaction) {
        long created = transaction.terms().createdWallMillis();
        return (query.states().isEmpty() || query.states().contains(transaction.state()))
                && (query.mode() == null || query.mode() == transaction.mode())
                && (query.needsAttention() == null || query.needsAttention() == transaction.needsAttention())
                && (query.paused() == null || query.paused() == transaction.isPaused())
                && (query.createdFromWallMillis() == 0 || created >= query.createdFromWallMillis())
                && (query.createdToWallMillis() == 0 || created <= query.createdToWallMillis());
    }

    /** A cursor that was never given out starts at the beginning: it can only come from another server. */
    private static long position(String cursor) {
        try {
            return cursor.isEmpty() ? 0 : Math.max(0, Long.parseLong(cursor));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
