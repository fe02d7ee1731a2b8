package io.holdfast.examples.fault;

import io.holdfast.api.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the fault of each call. A pure function of the seed, the call and the number of the attempt: nothing depends
 * on time or on the order of calls. Immutable.
 *
 * <p>Short or slow runs get higher rates, so that every kind can be expected to strike in every run of some length.
 */
public final class FaultPlan {
    /** Requests whose id begins like this meet no fault. */
    public static final String UNDISTURBED = "warm-up-";

    /** Faults end after this many attempts, so that a retry gets through and the run can end. */
    private static final int FAULTY_ATTEMPTS = 2;
    private static final int WANTED_HITS = 12;
    /** Over this share of faulty calls a run shows the faults and nothing else. */
    private static final int MOST_PERMILLE = 100;
    /** TCC makes six calls or more for each order, Saga three or more; half of the orders are TCC. */
    private static final int CALLS_PER_ORDER = 5;

    private record Rate(FaultKind kind, int permille) {}

    private final long seed;
    private final List<Rate> perAttempt;
    private final Rate rejects;
    private final Rate lateTries;
    private final Rate lostAnswers;

    /**
     * @param seed          what makes this run different from others
     * @param plannedOrders how many orders the run will place, at least 1
     */
    public FaultPlan(long seed, int plannedOrders) {
        if (plannedOrders < 1) {
            throw new IllegalArgumentException("plannedOrders=" + plannedOrders + ", allowed: at least 1");
        }
        this.seed = seed;
        long calls = (long) plannedOrders * CALLS_PER_ORDER;
        perAttempt = List.of(rate(FaultKind.LOST_REPLY, 20, calls), rate(FaultKind.ERROR_BEFORE_EFFECT, 15, calls),
                rate(FaultKind.ONGOING_FIRST, 15, calls), rate(FaultKind.HANG, 8, calls),
                rate(FaultKind.DUPLICATE_DELIVERY, 25, calls));
        rejects = rate(FaultKind.BUSINESS_REJECT, 20, plannedOrders);
        lateTries = rate(FaultKind.LATE_TRY, 15, plannedOrders);
        lostAnswers = rate(FaultKind.LOST_COORDINATOR_REPLY, 15, plannedOrders);
    }

    /**
     * The fault of one call of a participant.
     *
     * @param attempt how often this call has now arrived, from 1
     * @return the fault, or null for an undisturbed call
     */
    public @Nullable FaultKind ofBranchCall(String gid, String branchId, Operation operation, int attempt) {
        if (gid.contains(UNDISTURBED)) {
            return null;
        }
        Rate lasting = lastingFault(operation);
        // The same at every attempt: a business reason does not go away, and a held Try stays held.
        if (lasting != null && draw(gid, branchId, operation.wireName(), "lasting") < lasting.permille) {
            return lasting.kind;
        }
        if (attempt > FAULTY_ATTEMPTS) {
            return null;
        }
        int drawn = draw(gid, branchId, operation.wireName(), Integer.toString(attempt));
        int below = 0;
        for (Rate rate : perAttempt) {
            below += rate.permille;
            if (drawn < below) {
                return rate.kind;
            }
        }
        return null;
    }

    /** Whether the answer of the coordinator to this request of the client is thrown away. */
    public boolean losesCoordinatorReply(String gid, String request, int attempt) {
        return attempt <= FAULTY_ATTEMPTS && !gid.contains(UNDISTURBED)
                && draw(gid, request, Integer.toString(attempt), "answer") < lostAnswers.permille;
    }

    private @Nullable Rate lastingFault(Operation operation) {
        return switch (operation) {
            case TRY -> lateTries;
            case ACTION -> rejects;
            case CONFIRM, CANCEL, COMPENSATE -> null;
        };
    }

    private int draw(String... parts) {
        return SeededHash.permille(seed, parts);
    }

    private static Rate rate(FaultKind kind, int usualPermille, long calls) {
        long needed = (WANTED_HITS * 1000L + calls - 1) / calls;
        return new Rate(kind, (int) Math.min(Math.max(usualPermille, needed), MOST_PERMILLE));
    }
}
