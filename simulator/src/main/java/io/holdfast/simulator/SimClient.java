package io.holdfast.simulator;

import io.holdfast.api.Decision;
import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Participants;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One application with one transaction. It never gives up: an unknown outcome is asked for again with the same id, at whichever
 * node. Of some transactions there are two, because one was taken for dead and started again: both do what the deal says.
 */
final class SimClient {

    private static final int REQUEST_TIMEOUT_MILLIS = 2_000;
    private static final int TRY_TIMEOUT_MILLIS = 1_000;
    private static final int TRY_ATTEMPTS = 3;
    private static final int MIN_ASK_MILLIS = 300;
    private static final int MAX_ASK_MILLIS = 3_000;

    final Deal deal;
    private final Simulation simulation;
    private final Schedule schedule;
    private final SimParticipants participants;
    private final RandomGenerator random;
    private final boolean wantsConfirm;
    private final List<String> tried = new ArrayList<>();
    private int attempt;
    private int asking;
    private @Nullable Transaction begun;
    private boolean ended;

    SimClient(Simulation simulation, Schedule schedule, SimParticipants participants, Deal deal,
            RandomGenerator random) {
        this.simulation = simulation;
        this.schedule = schedule;
        this.participants = participants;
        this.deal = deal;
        this.random = random;
        this.wantsConfirm = random.nextInt(4) != 0;
    }

    boolean hasEnded() {
        return ended;
    }

    void start() {
        send(deal.begin(), reply -> {
            if (deal.mode == Mode.SAGA) {
                follow();
            } else {
                register(0);
            }
        });
    }

    private void register(int index) {
        if (simulation.applicationDies()) {
            follow();
            return;
        }
        if (index == deal.branchCount) {
            decide(wantsConfirm);
            return;
        }
        send(deal.register(index), reply -> {
            if (reply instanceof Reply.Done) {
                tryBranch(index, TRY_ATTEMPTS);
            } else {
                decide(false);
            }
        });
    }

    private void tryBranch(int index, int attemptsLeft) {
        String branchId = Deal.branchId(index);
        participants.deliver(Network.APPLICATIONS, deal.gid, branchId, Operation.TRY, TRY_TIMEOUT_MILLIS, result -> {
            if (result instanceof Participants.Result.Success) {
                tried.add(branchId);
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
            Violation.unless(tried.size() == deal.branchCount, "the client would confirm what it did not try");
        }
        send(new Command.Decide(deal.gid, decision, confirm ? "" : "client says no", List.of()), reply -> {
            switch (reply) {
                case Reply.Done done -> simulation.told(deal, decision);
                case Reply.Refused refused -> {
                    if (refused.code() == ErrorCode.DECISION_CONFLICT) {
                        simulation.told(deal, decision == Decision.CONFIRM ? Decision.CANCEL : Decision.CONFIRM);
                    }
                }
                case Reply.Noted noted -> throw new Violation("a decision is not a note");
                case Reply.LookAgain again -> throw new Violation("the engine looks again by itself");
                case Reply.Alive alive -> throw new Violation("a decision is no heartbeat");
            }
            follow();
        });
    }

    /** Asks until it is finished, as an application would. */
    private void follow() {
        if (ended) {
            return;
        }
        int mine = ++asking;
        schedule.after(random.nextInt(MIN_ASK_MILLIS, MAX_ASK_MILLIS), () -> {
            schedule.after(REQUEST_TIMEOUT_MILLIS, () -> {
                if (mine == asking) {
                    follow();
                }
            });
            simulation.find(random, deal.gid, found -> {
                Transaction transaction = found.transaction();
                if (transaction != null) {
                    seen(transaction);
                }
                if (mine == asking) {
                    follow();
                }
            });
        });
    }

    private void seen(Transaction transaction) {
        Decision decision = Truth.decisionOf(transaction.state());
        if (decision != null) {
            simulation.told(deal, decision);
        }
        if (transaction.state().isFinished() && !ended) {
            ended = true;
            asking++;
            simulation.ended();
        }
    }

    private void send(Command command, Consumer<Reply> then) {
        int mine = ++attempt;
        schedule.after(REQUEST_TIMEOUT_MILLIS, () -> {
            if (mine == attempt) {
                send(command, then);
            }
        });
        simulation.submit(random, command, reply -> {
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
        Transaction first = begun == null ? transaction : begun;
        begun = first;
        Violation.unless(first.terms().equals(transaction.terms()), "G8 the terms of %s have changed", deal.gid);
        simulation.acknowledged(transaction);
    }

    /** What the transaction began with, as far as this application knows, is what it ended with. */
    void judge(Transaction end) {
        Violation.unless(begun == null || begun.terms().equals(end.terms()), "G8 the terms of %s have changed",
                deal.gid);
    }
}
