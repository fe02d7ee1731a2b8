package io.holdfast.server.nativeapi;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.ListQuery;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One order for every unfinished transaction that matches.
 *
 * @param dryRun       whether only the answer is wanted which these are
 * @param confirmCount to settle: how many a dry run found; null if not given
 * @param cursor       where to go on; empty for the start
 */
public record BatchOrder(NativeApi.Order order, Filter filter, boolean dryRun, @Nullable Integer confirmCount,
        String cursor) {

    public BatchOrder {
        Bounds.text("cursor", cursor, 0, 64);
        if (confirmCount != null && order.action() != OperatorAction.SETTLE) {
            throw ApiProblem.field("confirmCount", "given", "only to settle");
        }
        if (order.action() == OperatorAction.SETTLE && !dryRun && confirmCount == null) {
            throw ApiProblem.field("confirmCount", "missing",
                    "the number that a dry run told, to settle: nothing is called any more after that");
        }
    }

    /**
     * What has to match. Null, 0, an empty list or text means any, but not everything may.
     *
     * @param states        unfinished ones
     * @param errorContains part of what went wrong last with a branch
     * @param target        host and port of a participant to which a call is owed
     */
    public record Filter(List<State> states, @Nullable Mode mode, long createdFromWallMillis, long createdToWallMillis,
            @Nullable Boolean needsAttention, @Nullable Boolean paused, String errorContains, String target) {

        private static final List<State> UNFINISHED = Arrays.stream(State.values()).filter(s -> !s.isFinished())
                .toList();

        public Filter {
            Bounds.text("filter.errorContains", errorContains, 0, 256);
            Bounds.text("filter.target", target, 0, 256);
            if (states.isEmpty() && mode == null && createdFromWallMillis == 0 && createdToWallMillis == 0
                    && needsAttention == null && paused == null && errorContains.isEmpty() && target.isEmpty()) {
                throw ApiProblem.field("filter", "empty", "at least one condition");
            }
            for (State state : states) {
                if (state.isFinished()) {
                    throw ApiProblem.field("filter.states", state.name(), "unfinished states: " + UNFINISHED);
                }
            }
            states = states.isEmpty() ? UNFINISHED : List.copyOf(states);
        }

        ListQuery query(String cursor, int limit) {
            return new ListQuery(states, mode, "", createdFromWallMillis, createdToWallMillis, needsAttention, paused,
                    cursor, limit);
        }

        /** What the list of the engine does not look at. */
        boolean matches(Transaction transaction) {
            return (errorContains.isEmpty() || transaction.branches().stream()
                    .anyMatch(branch -> branch.lastError().contains(errorContains)))
                    && (target.isEmpty() || owesTo(transaction, target.toLowerCase(Locale.ROOT)));
        }

        private static boolean owesTo(Transaction transaction, String target) {
            return transaction.branches().stream().anyMatch(branch -> OwedCall.of(transaction, branch)
                    .filter(url -> Target.of(url).equals(target)).isPresent());
        }
    }

    /**
     * What became of it.
     *
     * @param gids       those that match
     * @param nextCursor where further ones may be; empty at the end
     * @param applied    for how many the order was carried out; none in a dry run
     */
    public record Result(boolean dryRun, List<String> gids, String nextCursor, int applied, List<Refusal> refused) {}

    /** A transaction that the order was not carried out for, because it has finished meanwhile for example. */
    public record Refusal(String gid, String code, String message) {}
}
