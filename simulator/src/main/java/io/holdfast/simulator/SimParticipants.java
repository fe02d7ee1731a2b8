package io.holdfast.simulator;

import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Participants;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Fenced participants behind a network that loses, doubles and delays. Outlive the processes that call them. */
final class SimParticipants {

    private static final int MAX_OUTAGE_MILLIS = 40_000;

    private final Schedule schedule;
    private final RandomGenerator random;
    private final RecordingLog.Durable durable;
    private final Map<String, FencedBranch> branches = new TreeMap<>();
    /** By branch id: all branches of one id live at the same participant. */
    private final Map<String, Outage> outages = new TreeMap<>();
    private boolean faulty;
    private long calls;

    /** A participant that is away for so long that calls to it fail many times in a row. */
    private record Outage(long fromMillis, long toMillis, boolean silent) {}

    SimParticipants(Schedule schedule, RandomGenerator random, RecordingLog.Durable durable, boolean faulty) {
        this.schedule = schedule;
        this.random = random;
        this.durable = durable;
        this.faulty = faulty;
    }

    long calls() {
        return calls;
    }

    void heal() {
        faulty = false;
    }

    FencedBranch branch(String gid, String branchId) {
        String name = gid + "/" + branchId;
        return branches.computeIfAbsent(name,
                n -> new FencedBranch(n, gid.startsWith("saga") && Math.floorMod(n.hashCode(), 9) == 0));
    }

    /** The port as one process sees it; {@code alive} tells whether that process still lives. */
    Participants port(BooleanSupplier alive) {
        return (call, whenDone) -> {
            Violation.unless(alive.getAsBoolean(), "a dead process calls");
            mayLeave(call);
            calls++;
            deliver(call.gid(), call.branchId(), call.operation(), call.timeoutMillis(), result -> {
                if (alive.getAsBoolean()) {
                    whenDone.accept(result);
                }
            });
        };
    }

    /** A call may leave only for a decision that is durable, for something still owed, to where it began. */
    private void mayLeave(Participants.Call call) {
        Transaction transaction = durable.find(call.gid());
        Violation.unless(transaction != null, "G1 call for %s, which is not durable", call.gid());
        State state = transaction == null ? State.TRYING : transaction.state();
        boolean decided = switch (call.operation()) {
            case TRY -> false;
            case CONFIRM -> state == State.CONFIRMING || state == State.CONFIRMED;
            case CANCEL -> state == State.CANCELLING || state == State.CANCELLED;
            case ACTION -> state == State.RUNNING || state == State.COMPENSATING || state == State.CONFIRMED;
            case COMPENSATE -> state == State.COMPENSATING || state == State.CANCELLED;
        };
        Violation.unless(decided || state == State.SETTLED_BY_HAND, "G1 %s for %s leaves while the durable state is %s",
                call.operation(), call.gid(), state);
    }

    /** Carries a call over the network and the answer back, or not. {@code whenDone} is called once, at the latest in time. */
    void deliver(String gid, String branchId, Operation operation, int timeoutMillis,
            Consumer<Participants.Result> whenDone) {
        boolean[] told = {false};
        Consumer<Participants.Result> once = result -> {
            if (!told[0]) {
                told[0] = true;
                whenDone.accept(result);
            }
        };
        schedule.after(timeoutMillis,
                () -> once
                        .accept(new Participants.Result.Unknown(Participants.Trouble.TIMED_OUT, "no answer in time")));
        Outage outage = outages.computeIfAbsent(branchId, id -> drawOutage());
        if (faulty && outage.fromMillis <= schedule.nowMillis() && schedule.nowMillis() < outage.toMillis) {
            if (!outage.silent) {
                once.accept(new Participants.Result.Unknown(Participants.Trouble.NOT_CONNECTED, "nobody is there"));
            }
            return;
        }
        if (faulty && random.nextInt(25) == 0) {
            once.accept(new Participants.Result.Unknown(Participants.Trouble.NOT_CONNECTED, "connection refused"));
            return;
        }
        if (faulty && random.nextInt(20) == 0) {
            return;
        }
        int deliveries = faulty && random.nextInt(15) == 0 ? 3 : 1;
        for (int i = 0; i < deliveries; i++) {
            // A few come after everything else is over.
            int delay = faulty && random.nextInt(20) == 0 ? random.nextInt(90_000) : random.nextInt(40);
            schedule.after(delay, () -> arrive(gid, branchId, operation, once));
        }
    }

    /** What a participant may not refuse for good; some do. The decision stands, and the call is repeated (guarantee G2). */
    private static boolean mayNotFail(Operation operation) {
        return switch (operation) {
            case CONFIRM, CANCEL, COMPENSATE -> true;
            case TRY, ACTION -> false;
        };
    }

    private Outage drawOutage() {
        long from = random.nextInt(MAX_OUTAGE_MILLIS);
        return new Outage(from, from + random.nextInt(MAX_OUTAGE_MILLIS), random.nextBoolean());
    }

    private void arrive(String gid, String branchId, Operation operation, Consumer<Participants.Result> once) {
        if (faulty && random.nextInt(20) == 0) {
            once.accept(new Participants.Result.Unknown(Participants.Trouble.UNEXPECTED_ANSWER, "status 500"));
            return;
        }
        if (faulty && random.nextInt(20) == 0) {
            once.accept(new Participants.Result.Ongoing("later"));
            return;
        }
        if (faulty && mayNotFail(operation) && random.nextInt(20) == 0) {
            once.accept(new Participants.Result.Failure("no, although nobody asked"));
            return;
        }
        Participants.@Nullable Result result = branch(gid, branchId).deliver(operation);
        if (faulty && random.nextInt(15) == 0) {
            once.accept(
                    new Participants.Result.Unknown(Participants.Trouble.CONNECTION_LOST, "reset after the effect"));
            return;
        }
        schedule.after(random.nextInt(40), () -> once.accept(result));
    }
}
