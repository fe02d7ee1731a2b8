package io.holdfast.tests.damage;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.engine.Participants.Call;
import io.holdfast.engine.Participants.Result;
import io.holdfast.engine.Participants.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Transactions of every kind, some at a time, by a seed: confirmed, cancelled, compensated, settled by hand, undecided, decided
 * with a participant that is down; with and without bodies.
 */
final class Load {

    private static final int AT_ONCE = 8;
    private static final String DOWN = "http://down:80/";
    private static final long PAUSE_MILLIS = 40;
    /** Longer than a load lasts. */
    private static final long DEADLINE_MILLIS = 3_600_000;

    private final Node node;
    private final SplittableRandom random;
    private final Consumer<String> acknowledged;
    private final List<CompletableFuture<Reply>> replies = new ArrayList<>();
    private int count;

    /** @param acknowledged told of each gid after everything that was said about it is durable */
    Load(Node node, long seed, Consumer<String> acknowledged) {
        this.node = node;
        this.random = new SplittableRandom(seed);
        this.acknowledged = acknowledged;
    }

    /** What participants answer, by the address called. */
    static Result answer(Call call) {
        if (call.url().startsWith(DOWN)) {
            return new Result.Unknown(Trouble.NOT_CONNECTED, "down");
        }
        return call.operation() == Operation.ACTION && call.url().contains("/refusing/")
                ? new Result.Failure("out of stock")
                : new Result.Success(false);
    }

    static String gid(int number) {
        return "t-" + number;
    }

    /** The next few transactions, from begin to as far as they go. */
    void step() {
        int first = count;
        List<Runnable> decisions = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            decisions.add(begin(gid(count++)));
        }
        node.settle();
        decisions.forEach(Runnable::run);
        node.run(PAUSE_MILLIS);
        for (CompletableFuture<Reply> reply : replies) {
            if (!(reply.join() instanceof Reply.Done)) {
                throw new IllegalStateException("refused: " + reply.join());
            }
        }
        replies.clear();
        for (int i = first; i < count; i++) {
            acknowledged.accept(gid(i));
        }
    }

    /** Returns what comes after it. */
    private Runnable begin(String gid) {
        boolean saga = random.nextInt(3) == 0;
        int kind = random.nextInt(20);
        String host = kind == 0 || kind == 9 ? DOWN : "http://up:80/";
        String path = saga && kind < 5 ? "refusing/" : "";
        List<BranchSpec> branches = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String url = host + path + gid + "/" + i;
            branches.add(new BranchSpec("0" + i, url + "/forward", url + "/backward", payload()));
        }
        submit(new Command.Begin(gid, saga ? Mode.SAGA : Mode.TCC, saga ? 0 : DEADLINE_MILLIS, CallPolicy.NATIVE,
                SagaOrder.SEQUENTIAL, Attributes.NONE, branches));
        if (kind == 1 || kind == 0 && random.nextBoolean()) {
            return () -> submitIfOpen(gid);
        }
        // Every twentieth is left undecided.
        return saga || kind == 2 ? () -> {
        }
                : () -> submit(new Command.Decide(gid, kind < 8 ? Decision.CANCEL : Decision.CONFIRM, "as planned",
                        List.of(new Command.TryResult("00", payload()))));
    }

    private void submitIfOpen(String gid) {
        if (!Objects.requireNonNull(node.engine().core().find(gid)).state().isFinished()) {
            submit(new Command.Operate(gid, Command.OperatorAction.SETTLE, "ann", "by hand"));
        }
    }

    private void submit(Command command) {
        replies.add(node.submit(command));
    }

    private Payload payload() {
        byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(1_500)];
        random.nextBytes(bytes);
        return Payload.of(bytes);
    }
}
