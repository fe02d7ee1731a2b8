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
    private final World world;
    private final Requests requests;
    private final RandomGenerator random;
    private final Runnable onEnd;
    private final boolean wantsConfirm;
    private final List<String> tried = new ArrayList<>();
    private int attempt;
    private int asking;
    private @Nullable Transaction begun;
    private boolean ended;

    /** @param onEnd called once, when it knows that its transaction has finished */
    SimClient(World world, Requests requests, Deal deal, RandomGenerator random, Runnable onEnd) {
        this.world = world;
        this.requests = requests;
        this.deal = deal;
        this.random = random;
        this.onEnd = onEnd;
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
        if (world.faults.strikes(Fault.CLIENT_DIES)) {
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
        world.participants.deliver(Network.APPLICATIONS, deal.gid, branchId, Operation.TRY, TRY_TIMEOUT_MILLIS,
                result -> {
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
                case Reply.Done done -> world.truth.toldOutcome(deal.gid, decision);
                case Reply.Refused refused -> {
                    if (refused.code() == ErrorCode.DECISION_CONFLICT) {
                        world.truth.toldOutcome(deal.gid,
                                decision == Decision.CONFIRM ? Decision.CANCEL : Decision.CONFIRM);
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
        world.schedule.after(random.nextInt(MIN_ASK_MILLIS, MAX_ASK_MILLIS), () -> {
            world.schedule.after(REQUEST_TIMEOUT_MILLIS, () -> {
                if (mine == asking) {
                    follow();
                }
            });
            requests.find(random, deal.gid, found -> {
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
            world.truth.toldOutcome(deal.gid, decision);
        }
        if (transaction.state().isFinished() && !ended) {
            ended = true;
            asking++;
            onEnd.run();
        }
    }

    private void send(Command command, Consumer<Reply> then) {
        int mine = ++attempt;
        world.schedule.after(REQUEST_TIMEOUT_MILLIS, () -> {
            if (mine == attempt) {
                send(command, then);
            }
        });
        requests.submit(random, command, reply -> {
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
        world.truth.acknowledged(transaction);
    }

    /** What the transaction began with, as far as this application knows, is what it ended with. */
    void judge(Transaction end) {
        Violation.unless(begun == null || begun.terms().equals(end.terms()), "G8 the terms of %s have changed",
                deal.gid);
    }
}
