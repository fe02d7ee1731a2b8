package io.holdfast.simulator;

import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Participants;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Participants, most with a fence and an account. Outlive the processes that call them. */
final class SimParticipants {

    private static final int MAX_OUTAGE_MILLIS = 40_000;
    private static final int MAX_WORK_MILLIS = 20;
    private static final int PLAIN_ONE_IN = 6;
    private static final int REFUSES_ONE_IN = 9;
    private static final int MAX_AMOUNT = 100;

    private final Schedule schedule;
    private final Faults faults;
    private final Network network;
    private final Trace trace;
    private final Truth truth;
    private final RandomGenerator random;
    private final Map<String, SimBranch> branches = new HashMap<>();
    private final Map<String, Participant> participants = new TreeMap<>();
    private final Door door = new Door();
    private long calls;

    /** All branches of one id live at the same participant. */
    private static final class Participant {
        final Account account = new Account();
        boolean isFenced;
        long awayFromMillis;
        long awayToMillis;
        boolean silent;
    }

    SimParticipants(Schedule schedule, Faults faults, Network network, Trace trace, Truth truth,
            RandomGenerator random) {
        this.schedule = schedule;
        this.faults = faults;
        this.network = network;
        this.trace = trace;
        this.truth = truth;
        this.random = random;
    }

    long calls() {
        return calls;
    }

    /** Sum over all participants. */
    long held() {
        return participants.values().stream().mapToLong(one -> one.account.held()).sum();
    }

    /** Sum over all participants. */
    long gone() {
        return participants.values().stream().mapToLong(one -> one.account.gone()).sum();
    }

    /** A branch is made when it is first heard of. */
    SimBranch branch(String gid, String branchId) {
        return branches.computeIfAbsent(gid + "/" + branchId, name -> {
            Participant participant = participant(branchId);
            boolean refuses = gid.startsWith("saga") && Math.floorMod(name.hashCode(), REFUSES_ONE_IN) == 0;
            return participant.isFenced
                    ? new FencedBranch(name, refuses, participant.account,
                            1 + Math.floorMod(name.hashCode(), MAX_AMOUNT))
                    : new PlainBranch(name, refuses);
        });
    }

    private Participant participant(String branchId) {
        return participants.computeIfAbsent(branchId, id -> {
            Participant drawn = new Participant();
            drawn.isFenced = random.nextInt(PLAIN_ONE_IN) > 0;
            if (faults.strikes(Fault.OUTAGE)) {
                RandomGenerator outage = faults.random(Fault.OUTAGE);
                drawn.awayFromMillis = outage.nextInt(MAX_OUTAGE_MILLIS);
                drawn.awayToMillis = outage.nextInt(4) == 0
                        ? Long.MAX_VALUE
                        : drawn.awayFromMillis + outage.nextInt(MAX_OUTAGE_MILLIS);
                drawn.silent = outage.nextBoolean();
            }
            return drawn;
        });
    }

    /**
     * Somebody makes a call for a node, or a node for itself. {@code whenDone} is called once, at the latest in time.
     *
     * @param from a place of the {@link Network}
     * @param who  in words
     */
    void make(int from, String who, Participants.Call call, Consumer<Participants.Result> whenDone) {
        mayLeave(call);
        calls++;
        if (trace.isOn()) {
            trace.say(who + " calls " + call.operation() + " of " + call.gid() + "/" + call.branchId() + " epoch "
                    + call.epoch());
        }
        Runnable isOver = door.leaves(call, who);
        deliver(from, call.gid(), call.branchId(), call.operation(), call.timeoutMillis(), result -> {
            isOver.run();
            whenDone.accept(result);
        });
    }

    /** A call may leave only for a decision that is durable. */
    void mayLeave(Participants.Call call) {
        Transaction transaction = truth.find(call.gid());
        if (transaction == null) {
            throw new Violation("G1 call for " + call.gid() + ", which is not durable");
        }
        State state = transaction.state();
        boolean decided = switch (call.operation()) {
            case TRY -> false;
            case CONFIRM -> state == State.CONFIRMING || state == State.CONFIRMED;
            case CANCEL -> state == State.CANCELLING || state == State.CANCELLED;
            // The last by a leader that does not know yet that it is none: the fence refuses what comes too late.
            case ACTION -> state == State.RUNNING || state == State.COMPENSATING || state == State.CONFIRMED
                    || state == State.CANCELLED;
            case COMPENSATE -> state == State.COMPENSATING || state == State.CANCELLED;
        };
        Violation.unless(decided || state == State.SETTLED_BY_HAND, "G1 %s for %s leaves while the durable state is %s",
                call.operation(), call.gid(), state);
    }

    /**
     * Carries a call over the network and the answer back, or not. {@code whenDone} is called once, at the latest in time.
     *
     * @param from a place of the {@link Network}
     */
    void deliver(int from, String gid, String branchId, Operation operation, int timeoutMillis,
            Consumer<Participants.Result> whenDone) {
        boolean[] told = {false};
        Consumer<Participants.Result> once = result -> {
            if (!told[0]) {
                told[0] = true;
                whenDone.accept(result);
            }
        };
        schedule.after(timeoutMillis, () -> once.accept(
                new Participants.Result.Unknown(Participants.Trouble.TIMED_OUT, "no answer in time")));
        Participant participant = participant(branchId);
        boolean away = !faults.isHealed() && participant.awayFromMillis <= schedule.nowMillis()
                && schedule.nowMillis() < participant.awayToMillis;
        if (away && participant.silent) {
            return;
        }
        if (away || faults.strikes(Fault.REFUSED_CONNECTION)) {
            // Never at once: the caller's own stack is not where answers come from.
            schedule.after(1, () -> once.accept(
                    new Participants.Result.Unknown(Participants.Trouble.NOT_CONNECTED, "connection refused")));
            return;
        }
        network.carry(from, Network.PARTICIPANTS, () -> arrive(gid, branchId, operation,
                result -> network.carry(Network.PARTICIPANTS, from, () -> once.accept(result))));
    }

    private void arrive(String gid, String branchId, Operation operation, Consumer<Participants.Result> answer) {
        Participants.@Nullable Result fault = refusal(operation);
        if (fault != null) {
            say(gid, branchId, operation, fault);
            answer.accept(fault);
            return;
        }
        Participants.Result result = branch(gid, branchId).deliver(operation);
        say(gid, branchId, operation, result);
        if (faults.strikes(Fault.LOST_REPLY)) {
            answer.accept(
                    new Participants.Result.Unknown(Participants.Trouble.CONNECTION_LOST, "reset after the effect"));
            return;
        }
        schedule.after(random.nextInt(MAX_WORK_MILLIS), () -> answer.accept(result));
    }

    /** What a participant answers without having done anything; null if it does what it is told. */
    private Participants.@Nullable Result refusal(Operation operation) {
        if (faults.strikes(Fault.ERROR)) {
            return new Participants.Result.Unknown(Participants.Trouble.UNEXPECTED_ANSWER, "status 500");
        }
        if (faults.strikes(Fault.ONGOING)) {
            return new Participants.Result.Ongoing("later");
        }
        if (mayNotFail(operation) && faults.strikes(Fault.REFUSED_PHASE_2)) {
            return new Participants.Result.Failure("no, although nobody asked");
        }
        return null;
    }

    /** What a participant may not refuse for good; some do. The decision stands, and the call is repeated (guarantee G2). */
    private static boolean mayNotFail(Operation operation) {
        return switch (operation) {
            case CONFIRM, CANCEL, COMPENSATE -> true;
            case TRY, ACTION -> false;
        };
    }

    private void say(String gid, String branchId, Operation operation, Participants.Result result) {
        if (trace.isOn()) {
            trace.say("participant: " + operation + " of " + gid + "/" + branchId + ": " + result);
        }
    }
}
