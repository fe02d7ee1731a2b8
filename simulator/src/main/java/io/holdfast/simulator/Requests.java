package io.holdfast.simulator;

import io.holdfast.core.Command;
import io.holdfast.core.Reply;
import io.holdfast.core.Transaction;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Carries what applications and operators ask to some node, and what it answers back; writes both down. */
final class Requests {

    private final World world;
    private final Machines machines;
    private final Recorder recorder = new Recorder();
    /** Where most ask first. */
    private int lastAnswered;

    /** What was found when a transaction was asked for; null if it is not known. */
    record Found(@Nullable Transaction transaction) {}

    /** A request at a node; the answer is handed to the second argument, which carries it home. */
    private interface Request {
        void arrive(Node node, Consumer<Runnable> answer);
    }

    Requests(World world, Machines machines) {
        this.world = world;
        this.machines = machines;
    }

    /** Sends a command to some node; {@code then} may never be called, or more than once. */
    void submit(RandomGenerator random, Command command, Consumer<Reply> then) {
        toSomeNode(random, (node, answer) -> {
            // Each copy that arrives is a request of its own.
            Consumer<Reply> recorded = recorder.sent(command);
            answered(node.engine.submit(command), reply -> {
                recorded.accept(reply);
                answer.accept(() -> then.accept(reply));
            });
        });
    }

    /** Asks some node for a transaction; {@code then} may never be called, or more than once. */
    void find(RandomGenerator random, String gid, Consumer<Found> then) {
        toSomeNode(random, (node, answer) -> {
            Transaction asked = world.truth.find(gid);
            Consumer<@Nullable Transaction> recorded = recorder.asked(gid);
            answered(node.engine.find(gid), view -> {
                Transaction found = view == null ? null : view.transaction();
                recorded.accept(found);
                world.truth.isNoOlder(found, asked, gid, "node " + node.number);
                answer.accept(() -> then.accept(new Found(found)));
            });
        });
    }

    /** A future swallows what its callbacks throw, and a check that nobody hears of is none. */
    private <T extends @Nullable Object> void answered(CompletableFuture<T> future, Consumer<T> then) {
        var unused = future.whenComplete((answer, error) -> {
            if (error == null) {
                try {
                    then.accept(answer);
                } catch (Violation | RuntimeException e) {
                    world.broken(e);
                }
            }
        });
    }

    private void toSomeNode(RandomGenerator random, Request request) {
        int number = random.nextInt(4) > 0 ? lastAnswered : random.nextInt(machines.count());
        world.network.carry(Network.APPLICATIONS, number, () -> {
            Node node = machines.get(number).node;
            if (node == null) {
                lastAnswered = (number + 1) % machines.count();
                return;
            }
            node.receive(() -> request.arrive(node, home -> {
                Violation.unless(node.isAlive() && !node.isPaused(), "node %s answers although it does not run",
                        number);
                lastAnswered = number;
                world.network.carry(number, Network.APPLICATIONS, home);
            }));
        });
    }

    /** Whether some order of all requests explains all answers. */
    void judge() {
        recorder.judge();
    }
}
