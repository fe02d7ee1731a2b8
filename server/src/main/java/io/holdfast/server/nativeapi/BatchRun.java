package io.holdfast.server.nativeapi;

import io.holdfast.api.ErrorCode;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One {@link BatchOrder} on its way: pages through what may match, then orders. */
final class BatchRun {

    /** Pages of one run; each looks at a bounded number of transactions, and a run must end. */
    private static final int MAX_PAGES = 100;

    private final Coordinator coordinator;
    private final BatchOrder batch;
    private final List<String> gids = new ArrayList<>();
    private int pages;

    BatchRun(Coordinator coordinator, BatchOrder batch) {
        this.coordinator = coordinator;
        this.batch = batch;
    }

    CompletableFuture<BatchOrder.Result> run() {
        return collect(batch.cursor()).thenCompose(nextCursor -> batch.dryRun()
                ? CompletableFuture.completedFuture(result(nextCursor, 0, List.of()))
                : order(nextCursor));
    }

    /** Completes with where further ones may be. */
    private CompletableFuture<String> collect(String cursor) {
        return coordinator.list(batch.filter().query(cursor, Bounds.MAX_AT_ONCE - gids.size()))
                .thenCompose(page -> take(page)
                        ? collect(page.nextCursor())
                        : CompletableFuture.completedFuture(page.nextCursor()));
    }

    /** Returns whether to go on. */
    private boolean take(Page page) {
        page.transactions().stream().filter(batch.filter()::matches).map(Transaction::gid).forEach(gids::add);
        return !page.nextCursor().isEmpty() && gids.size() < Bounds.MAX_AT_ONCE && ++pages < MAX_PAGES;
    }

    private CompletableFuture<BatchOrder.Result> order(String nextCursor) {
        Integer expected = batch.confirmCount();
        if (expected != null && expected != gids.size()) {
            throw new ApiProblem(ErrorCode.WRONG_STATE, "confirmCount is " + expected + ", but " + gids.size()
                    + " transactions match by now: nothing was done, make another dry run", null, null);
        }
        List<CompletableFuture<Reply>> replies = new ArrayList<>(gids.size());
        for (String gid : gids) {
            replies.add(coordinator.submit(batch.order().about(gid)));
        }
        return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new)).thenApply(all -> {
            List<BatchOrder.Refusal> refused = new ArrayList<>();
            for (int i = 0; i < gids.size(); i++) {
                if (replies.get(i).join() instanceof Reply.Refused no) {
                    refused.add(new BatchOrder.Refusal(gids.get(i), no.code().wireName(), no.message()));
                }
            }
            return result(nextCursor, gids.size() - refused.size(), refused);
        });
    }

    private BatchOrder.Result result(String nextCursor, int applied, List<BatchOrder.Refusal> refused) {
        return new BatchOrder.Result(batch.dryRun(), List.copyOf(gids), nextCursor, applied, refused);
    }
}
