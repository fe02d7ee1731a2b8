package io.holdfast.server.nativeapi;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.Command;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Coordinator.ListQuery;
import io.holdfast.engine.Coordinator.Page;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.http.Lifecycle;
import io.holdfast.server.participant.AddressGuard;
import io.holdfast.server.participant.AddressRejected;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The operations of the native interface. Each refuses with {@link ApiProblem}, thrown or in the future; a future that ends
 * otherwise means that the outcome is unknown. Futures may complete on an engine thread. Thread-safe.
 */
public final class NativeApi {

    private final Lifecycle lifecycle;
    private final AddressGuard guard;
    private final int maxBranches;

    public NativeApi(Lifecycle lifecycle, AddressGuard guard, int maxBranches) {
        this.lifecycle = lifecycle;
        this.guard = guard;
        this.maxBranches = maxBranches;
    }

    public List<String> newGids(Coordinator coordinator, int count) {
        Bounds.number("count", count, 1, Bounds.MAX_AT_ONCE);
        List<String> gids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            gids.add(coordinator.newGid());
        }
        return gids;
    }

    /** Begins, or answers the transaction that has the gid or the business key. */
    public CompletableFuture<Reply.Done> begin(Coordinator coordinator, Beginning beginning) {
        Command.Begin begin = beginning.command(beginning.gid().isEmpty() ? coordinator.newGid() : "", maxBranches);
        return checked(begin.branches()).thenCompose(nothing -> submit(coordinator, begin)).thenApply(done -> {
            BranchSpec other = done.changed() ? null : NewBranch.otherThanIn(done.transaction(), begin.branches());
            if (other != null) {
                throw new ApiProblem(ErrorCode.BRANCH_CONFLICT, "transaction " + done.transaction().gid()
                        + " had begun before, and branch " + other.branchId()
                        + " is not registered with these contents", null, done.transaction());
            }
            return done;
        });
    }

    public CompletableFuture<Reply.Done> register(Coordinator coordinator, String gid, List<NewBranch> branches) {
        Bounds.knownGid("gid", gid);
        Bounds.count("branches", branches.size(), maxBranches);
        if (branches.isEmpty()) {
            throw ApiProblem.field("branches", "empty", "at least one branch");
        }
        for (NewBranch branch : branches) {
            if (!branch.after().isEmpty()) {
                throw ApiProblem.field("after of branch " + branch.branchId(), "given",
                        "only in the begin of a Saga of the order graph");
            }
        }
        List<BranchSpec> specs = NewBranch.specs(branches);
        return checked(specs).thenCompose(nothing -> submit(coordinator, new Command.Register(gid, specs)));
    }

    private CompletableFuture<Void> checked(List<BranchSpec> specs) {
        List<String> urls = new ArrayList<>(2 * specs.size());
        for (BranchSpec spec : specs) {
            urls.add(spec.forwardUrl());
            urls.add(spec.backwardUrl());
        }
        return guard.check(urls).thenAccept(NativeApi::throwIfRejected);
    }

    private static void throwIfRejected(@Nullable AddressRejected rejected) {
        if (rejected != null) {
            throw new ApiProblem(rejected.code(), String.valueOf(rejected.getMessage()), null, null);
        }
    }

    public CompletableFuture<Reply.Done> decide(Coordinator coordinator, String gid, Decision decision, String reason,
            List<Command.TryResult> tryResults) {
        Bounds.knownGid("gid", gid);
        Bounds.prose("reason", reason, Bounds.MAX_REASON_CHARS);
        Bounds.count("tryResults", tryResults.size(), maxBranches);
        if (decision == Decision.CANCEL && !tryResults.isEmpty()) {
            throw ApiProblem.field("tryResults", "given", "only with the decision confirm");
        }
        if (decision == Decision.CONFIRM && !reason.isEmpty()) {
            throw ApiProblem.field("reason", "given", "only with the decision cancel");
        }
        for (Command.TryResult result : tryResults) {
            if (result.payload().sizeBytes() > Bounds.MAX_TRY_RESULT_BYTES) {
                throw ApiProblem.tooLarge("tryResults." + ApiProblem.shown(result.branchId()),
                        result.payload().sizeBytes() + " bytes", "at most " + Bounds.MAX_TRY_RESULT_BYTES + " bytes");
            }
        }
        return submit(coordinator, new Command.Decide(gid, decision, reason, tryResults));
    }

    private static CompletableFuture<Reply.Done> submit(Coordinator coordinator, Command command) {
        return coordinator.submit(command).thenApply(reply -> switch (reply) {
            case Reply.Done done -> done;
            case Reply.Refused refused -> throw ApiProblem.refused(refused);
            case Reply.Alive alive -> throw unexpected(alive);
            case Reply.Noted noted -> throw unexpected(noted);
            case Reply.LookAgain again -> throw unexpected(again);
        });
    }

    private static IllegalStateException unexpected(Reply reply) {
        return new IllegalStateException("no reply to a command of a client: " + reply);
    }

    public CompletableFuture<TransactionView> find(Coordinator coordinator, String gid) {
        Bounds.knownGid("gid", gid);
        return coordinator.find(gid).thenApply(view -> known(gid, view));
    }

    static <T> T known(String gid, @Nullable T found) {
        if (found == null) {
            throw ApiProblem.notFound(gid);
        }
        return found;
    }

    public CompletableFuture<Page> list(Coordinator coordinator, ListQuery query) {
        Bounds.number("limit", query.limit(), 1, Bounds.MAX_AT_ONCE);
        Bounds.businessKey(query.businessKey());
        return coordinator.list(query);
    }

    /** Completes with the state at the end or, if that does not come in time or the server stops, with the state by then. */
    public CompletableFuture<Transaction> waitForEnd(Coordinator coordinator, String gid, long timeoutMillis) {
        Bounds.knownGid("gid", gid);
        Bounds.number("timeoutMillis", timeoutMillis, 0, Bounds.MAX_WAIT_MILLIS);
        if (timeoutMillis == 0) {
            return find(coordinator, gid).thenApply(TransactionView::transaction);
        }
        return new BoundedWait(coordinator, gid).within(timeoutMillis, lifecycle);
    }

    /** As {@link Coordinator#watch}; a transaction that is not known is refused. */
    public CompletableFuture<Coordinator.Watch> watch(Coordinator coordinator, String gid,
            Consumer<Transaction> watcher) {
        Bounds.knownGid("gid", gid);
        return coordinator.watch(gid, watcher).thenApply(watch -> known(gid, watch));
    }

    public CompletableFuture<Reply.Alive> heartbeat(Coordinator coordinator, List<String> gids) {
        Bounds.count("gids", gids.size(), Bounds.MAX_AT_ONCE);
        if (gids.isEmpty()) {
            throw ApiProblem.field("gids", "empty", "1 to " + Bounds.MAX_AT_ONCE + " gids");
        }
        for (int i = 0; i < gids.size(); i++) {
            Bounds.knownGid("gids[" + i + "]", gids.get(i));
        }
        return coordinator.submit(new Command.Heartbeat(gids)).thenApply(reply -> switch (reply) {
            case Reply.Alive alive -> alive;
            case Reply.Refused refused -> throw ApiProblem.refused(refused);
            case Reply.Done done -> throw unexpected(done);
            case Reply.Noted noted -> throw unexpected(noted);
            case Reply.LookAgain again -> throw unexpected(again);
        });
    }

    /**
     * An order about one transaction.
     *
     * @param confirmGid the gid once more, without which nothing is settled
     */
    public CompletableFuture<Reply.Done> operate(Coordinator coordinator, String gid, Order order, String confirmGid) {
        Bounds.knownGid("gid", gid);
        if (order.action() == OperatorAction.SETTLE && !confirmGid.equals(gid)) {
            throw ApiProblem.field("confirmGid", ApiProblem.shown(confirmGid),
                    "the gid once more, to settle: nothing is called any more after that");
        }
        if (order.action() != OperatorAction.SETTLE && !confirmGid.isEmpty()) {
            throw ApiProblem.field("confirmGid", "given", "only to settle");
        }
        return submit(coordinator, order.about(gid));
    }

    public CompletableFuture<BatchOrder.Result> operateAll(Coordinator coordinator, BatchOrder batch) {
        return new BatchRun(coordinator, batch).run();
    }

    /** What an operator orders, by whom and why. Checked. */
    public record Order(OperatorAction action, String actor, String reason) {

        private static final String NOBODY_NAMED = "api";

        public Order {
            Bounds.text("actor", actor, 0, Bounds.MAX_ACTOR_CHARS);
            Bounds.prose("reason", reason, Bounds.MAX_REASON_CHARS);
            if (action == OperatorAction.SETTLE && reason.isBlank()) {
                throw ApiProblem.field("reason", "missing", "a reason, to settle: it is kept in the audit trail");
            }
            actor = actor.isBlank() ? NOBODY_NAMED : actor;
        }

        Command.Operate about(String gid) {
            return new Command.Operate(gid, action, actor, reason);
        }
    }
}
