package io.holdfast.examples.participant;

import io.holdfast.api.Operation;
import io.holdfast.examples.fault.FaultCounts;
import io.holdfast.examples.fault.FaultKind;
import io.holdfast.examples.fault.FaultPlan;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Does to a call what the plan says. Sits before the fence, where networks and machines fail. Thread-safe. */
final class FaultInjector {
    private record CallKey(String gid, String branchId, Operation operation) {}

    private record BranchKey(String gid, String branchId) {}

    private final FaultPlan plan;
    private final FaultCounts counts;
    private final long hangNanos;
    private final Executor background;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Map<CallKey, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final Map<BranchKey, Supplier<Answer>> heldTries = new ConcurrentHashMap<>();

    /**
     * @param hangNanos  longer than any caller waits for an answer
     * @param background runs what happens beside a call
     */
    FaultInjector(FaultPlan plan, FaultCounts counts, long hangNanos, Executor background) {
        this.plan = plan;
        this.counts = counts;
        this.hangNanos = hangNanos;
        this.background = background;
    }

    /**
     * Delivers a call through the faults.
     *
     * @param callerIsGone whether whoever called has stopped waiting
     * @param work         the real thing; may be run never, once, twice or later
     */
    Answer deliver(Delivery call, BooleanSupplier callerIsGone, Supplier<Answer> work) {
        underWay.incrementAndGet();
        try {
            return deliverThroughFaults(call, callerIsGone, work);
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** How many calls are being delivered, those included whose callers have long gone. */
    int underWay() {
        return underWay.get();
    }

    private Answer deliverThroughFaults(Delivery call, BooleanSupplier callerIsGone, Supplier<Answer> work) {
        CallKey key = new CallKey(call.gid(), call.branchId(), call.operation());
        int attempt = attempts.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet();
        FaultKind kind = plan.ofBranchCall(call.gid(), call.branchId(), call.operation(), attempt);
        Answer answer = kind == null ? work.get() : strike(kind, call, callerIsGone, work);
        if (call.operation() == Operation.CANCEL && answer instanceof Answer.Success) {
            releaseHeldTry(call);
        }
        return answer;
    }

    private Answer strike(FaultKind kind, Delivery call, BooleanSupplier callerIsGone, Supplier<Answer> work) {
        if (kind != FaultKind.LATE_TRY) {
            counts.injected(kind);
        }
        return switch (kind) {
            case LOST_REPLY -> loseReply(work);
            case ERROR_BEFORE_EFFECT -> hit(kind, new Answer.Unknown("injected error"));
            case ONGOING_FIRST -> hit(kind, new Answer.Ongoing());
            case BUSINESS_REJECT -> hit(kind, new Answer.Failure("injected_reject"));
            case HANG -> hang(callerIsGone, work);
            case DUPLICATE_DELIVERY -> deliverTwice(work);
            case LATE_TRY -> hold(call, work);
            case LOST_COORDINATOR_REPLY -> throw new IllegalStateException("kind=" + kind + " is not for participants");
        };
    }

    private Answer loseReply(Supplier<Answer> work) {
        return work.get() instanceof Answer.Success ? hit(FaultKind.LOST_REPLY, new Answer.Cut()) : new Answer.Cut();
    }

    private Answer hang(BooleanSupplier callerIsGone, Supplier<Answer> work) {
        long until = System.nanoTime() + hangNanos;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        if (callerIsGone.getAsBoolean()) {
            counts.hit(FaultKind.HANG);
        }
        return work.get();
    }

    private Answer deliverTwice(Supplier<Answer> work) {
        besides(() -> {
            var _ = work.get();
            counts.hit(FaultKind.DUPLICATE_DELIVERY);
        });
        return work.get();
    }

    /** Keeps the Try in the "network" until the Cancel came by; the caller sees a dead connection each time. */
    private Answer hold(Delivery call, Supplier<Answer> work) {
        if (heldTries.putIfAbsent(new BranchKey(call.gid(), call.branchId()), work) == null) {
            counts.injected(FaultKind.LATE_TRY);
        }
        return new Answer.Cut();
    }

    private void releaseHeldTry(Delivery cancel) {
        Supplier<Answer> late = heldTries.remove(new BranchKey(cancel.gid(), cancel.branchId()));
        if (late == null) {
            return;
        }
        besides(() -> {
            var _ = late.get();
            counts.hit(FaultKind.LATE_TRY);
        });
    }

    private void besides(Runnable delivery) {
        underWay.incrementAndGet();
        background.execute(() -> {
            try {
                delivery.run();
            } finally {
                underWay.decrementAndGet();
            }
        });
    }

    private Answer hit(FaultKind kind, Answer answer) {
        counts.hit(kind);
        return answer;
    }
}
