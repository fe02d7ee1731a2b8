package io.holdfast.engine;

import io.holdfast.core.Core;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import java.util.ArrayList;
import java.util.List;

/** One page of a list. Looks at a bounded number of transactions, so that a rare filter cannot hold up the core. */
final class Listing {

    private static final int MAX_LOOKED_AT = 20_000;

    private final Core core;
    private final ListQuery query;
    private final List<Transaction> found = new ArrayList<>();
    private int lookedAt;
    private String nextCursor = "";

    Listing(Core core, ListQuery query) {
        this.core = core;
        this.query = query;
    }

    /** A page may be short, even empty, and still have a next one. */
    Page page() {
        core.forEach(position(query.cursor()), (ordinal, transaction) -> {
            if (found.size() == query.limit() || lookedAt == MAX_LOOKED_AT) {
                nextCursor = Long.toString(ordinal);
                return false;
            }
            lookedAt++;
            if (matches(transaction)) {
                found.add(transaction);
            }
            return true;
        });
        return new Page(found, nextCursor);
    }

    private boolean matches(Transaction transaction) {
        long created = transaction.terms().createdWallMillis();
        return (query.states().isEmpty() || query.states().contains(transaction.state()))
                && (query.mode() == null || query.mode() == transaction.mode())
                && (query.businessKey().isEmpty()
                        || query.businessKey().equals(transaction.terms().attributes().businessKey()))
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
