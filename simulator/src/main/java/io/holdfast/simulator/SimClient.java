package io.holdfast.simulator;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Participants;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One application with one transaction. It never gives up: an unknown outcome is asked for again with the same id. */
final class SimClient {

    private static final int REQUEST_TIMEOUT_MILLIS = 2_000;
    private static final int TRY_TIMEOUT_MILLIS = 1_000;

    private final Simulation simulation;
    private final Schedule schedule;
    private final SimParticipants participants;
    private final RandomGenerator random;
    private final Mode mode;
    final String gid;
    final int branchCount;
    private final CallPolicy policy;
    private final boolean wantsConfirm;
    private final boolean diesEarly;
    private final List<String> tried = new ArrayList<>();
    private int attempt;
    /** What the client was told, which must stay true for ever. */
    @Nullable
    Decision told;
    @Nullable
    Transaction begun;
    boolean ended;

    SimClient(Simulation simulation, Schedule schedule, SimParticipants participants, RandomGenerator random,
            int number) {
        this.simulation = simulation;
        this.schedule = schedule;
        this.participants = participants;
        this.random = random;
        this.mode = random.nextBoolean() ? Mode.TCC : Mode.SAGA;
        this.gid = (mode == Mode.TCC ? "tcc-" : "saga-") + number;
        this.branchCount = 1 + random.nextInt(4);
        this.policy = new CallPolicy(1_000, 200, 5_000, 500, mode == Mode.SAGA && random.nextInt(4) == 0 ? 3 : 0);
        this.wantsConfirm = random.nextInt(4) != 0;
        this.diesEarly = random.nextInt(12) == 0;
    }

    void start() {
        if (mode == Mode.SAGA) {
            boolean concurrent = random.nextBoolean();
            SagaOrder order = concurrent && branchCount > 2
                    ? new SagaOrder(true, List.of(List.of(), List.of(), List.of(0, 1)))
                    : new SagaOrder(concurrent, List.of());
            long deadline = random.nextInt(5) == 0 ? 500 + random.nextInt(5_000) : 0;
            send(new Command.Begin(gid, Mode.SAGA, deadline, policy, order, attributes(), specs(0, branchCount)),
                    reply -> follow());
        } else {
            send(new Command.Begin(gid, Mode.TCC, 500 + random.nextInt(8_000), policy, SagaOrder.SEQUENTIAL,
                    attributes(),
                    List.of()), reply -> register(0));
        }
    }

    private Attributes attributes() {
        return new Attributes("sim", "", "key-" + gid, "", List.of(), false);
    }

    private List<BranchSpec> specs(int from, int to) {
        List<BranchSpec> specs = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String url = "http://participant-" + i + ":80/" + gid;
            specs.add(
                    new BranchSpec(branchId(i), url + "/forward", url + "/backward", Payload.of(new byte[1 + i * 7])));
        }
        return specs;
    }

    static String branchId(int index) {
        return "0" + (index + 1);
    }

    private void register(int index) {
        if (diesEarly && random.nextInt(branchCount + 1) == 0) {
            follow();
            return;
        }
        if (index == branchCount) {
            decide(wantsConfirm);
            return;
        }
        send(new Command.Register(gid, specs(index, index + 1)), reply -> {
            if (reply instanceof Reply.Done) {
                tryBranch(index, 3);
            } else {
                decide(false);
            }
        });
    }

    private void tryBranch(int index, int attemptsLeft) {
        participants.deliver(gid, branchId(index), Operation.TRY, TRY_TIMEOUT_MILLIS, result -> {
            if (result instanceof Participants.Result.Success) {
                tried.add(branchId(index));
                register(index + 1);
            } else if (result instanceof Participants.Result.Failure || attemptsLeft == 0) {
                decide(false);
            } else {
                tryBranch(index, attemptsLeft - 1);
            }
        });
    }

    private void decide(boolean confirm) {
        Decision decision = confirm ? Decision.CONFIRM : Decision.CANCEL;
        if (confirm) {
            Violation.unless(tried.size() == branchCount, "the client would confirm what it did not try");
        }
        send(new Command.Decide(gid, decision, confirm ? "" : "client says no", List.of()), reply -> {
            switch (reply) {
                case Reply.Done done -> tell(decision);
                case Reply.Refused refused -> {
                    if (refused.code() == ErrorCode.DECISION_CONFLICT) {
                        tell(decision == Decision.CONFIRM ? Decision.CANCEL : Decision.CONFIRM);
                    }
                }
                case Reply.Noted noted -> throw new Violation("a decision is not a note");
                case Reply.LookAgain again -> throw new Violation("the engine looks again by itself");
                case Reply.Alive alive -> throw new Violation("a decision is no heartbeat");
            }
            follow();
        });
    }

    /** Told an outcome: it may never be another one (guarantees G2 and G7). */
    private void tell(Decision decision) {
        Violation.unless(told == null || told == decision, "G7 %s was told %s and now %s", gid, told, decision);
        told = decision;
        simulation.toldOutcome(gid, decision);
    }

    /** Asks until it is finished, as an application would. */
    private void follow() {
        schedule.after(300 + random.nextInt(3_000), () -> simulation.find(gid, view -> {
            if (view == null) {
                follow();
                return;
            }
            Transaction transaction = view.transaction();
            switch (transaction.state()) {
                case CONFIRMING, CONFIRMED -> tell(Decision.CONFIRM);
                case CANCELLING, COMPENSATING, CANCELLED -> tell(Decision.CANCEL);
                case TRYING, RUNNING, SETTLED_BY_HAND -> {
                }
            }
            if (transaction.state().isFinished()) {
                ended = true;
                simulation.ended();
            } else {
                follow();
            }
        }));
    }

    private void send(Command command, Consumer<Reply> then) {
        int mine = ++attempt;
        schedule.after(REQUEST_TIMEOUT_MILLIS, () -> {
            if (mine == attempt) {
                send(command, then);
            }
        });
        simulation.submit(command, reply -> {
            if (mine != attempt) {
                return;
            }
            if (reply instanceof Reply.Refused refused && refused.code() == ErrorCode.OVERLOADED) {
                return;
            }
            attempt++;
            if (reply instanceof Reply.Done done) {
                remember(done.transaction());
            }
            then.accept(reply);
        });
    }

    private void remember(Transaction transaction) {
        if (begun == null) {
            begun = transaction;
        }
        Violation.unless(begun.terms().equals(transaction.terms()), "G8 the terms of %s have changed", gid);
        simulation.acknowledged(transaction);
    }

    /** Whether the effects at the participants fit the end of the transaction. */
    void judge(Transaction end) {
        Violation.unless(begun == null || begun.terms().equals(end.terms()), "G8 the terms of %s have changed", gid);
        if (end.state() == State.SETTLED_BY_HAND) {
            return;
        }
        for (int i = 0; i < end.branches().size(); i++) {
            FencedBranch branch = participants.branch(gid, branchId(i));
            boolean confirmed = end.state() == State.CONFIRMED;
            int confirms = mode == Mode.TCC ? branch.confirmEffects : branch.forwardEffects;
            Violation.unless(!confirmed || confirms == 1 && !branch.undone,
                    "G5 %s is confirmed, branch %s took effect %s times%s",
                    gid, i, confirms, branch.undone ? " and was undone" : "");
            Violation.unless(confirmed || !branch.holds(), "G3 %s is cancelled, branch %s still holds", gid, i);
            Violation.unless(confirmed || branch.confirmEffects == 0, "G2 %s is cancelled, branch %s was confirmed",
                    gid, i);
        }
    }
}
