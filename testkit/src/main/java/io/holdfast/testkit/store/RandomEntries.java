package io.holdfast.testkit.store;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Entry;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Entries whose transactions take every way to every end. A gid begins once, as with an archive that is asked first; the other
 * commands meet the last few of them, at any time and in any order.
 */
public final class RandomEntries {

    private static final int RECENT = 12;

    private final RandomGenerator random;
    private final Limits limits;
    private long sequence;
    private long nowMillis;
    private int begun;

    /** @param limits in force from the first entry on */
    public RandomEntries(RandomGenerator random, Limits limits) {
        this.random = random;
        this.limits = limits;
    }

    /** The next entry of this log. */
    public Entry next() {
        List<Command> commands = new ArrayList<>();
        if (sequence == 0) {
            commands.add(new Command.Boot(1, 7, limits));
        }
        for (int count = random.nextInt(8); count > 0; count--) {
            commands.add(command());
        }
        nowMillis += random.nextInt(3) == 0 ? random.nextInt(10_000) : random.nextInt(20);
        // The wall clock jumps, also backwards.
        return new Entry(++sequence, nowMillis, 1_700_000_000_000L + nowMillis - random.nextInt(5_000), commands);
    }

    private Command command() {
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> begin();
            case 3 -> new Command.Register(gid(), branches(0));
            case 4, 5 -> new Command.Decide(gid(), pick(Decision.values()), text(), tryResults());
            case 6 -> new Command.AttemptFailed(gid(), random.nextInt(3), text());
            case 7 -> new Command.ErrorNoted(gid(), random.nextInt(3), pick(Operation.values()), text());
            case 8 -> random.nextInt(3) == 0
                    ? random.nextBoolean()
                            ? new Command.AttentionNeeded(gid(), "failed often")
                            : new Command.Heartbeat(List.of(gid(), gid()))
                    : new Command.Operate(gid(), pick(Command.OperatorAction.values()), "ann", "because " + text());
            default -> new Command.Answered(gid(), random.nextInt(3), pick(Operation.values()), random.nextInt(8) != 0,
                    random.nextBoolean(), text());
        };
    }

    private Command begin() {
        begun++;
        Mode mode = pick(Mode.values());
        List<BranchSpec> branches = branches(mode == Mode.SAGA ? 1 : 0);
        boolean plain = random.nextBoolean();
        CallPolicy policy = plain ? CallPolicy.NATIVE : new CallPolicy(1 + random.nextInt(9), 2, 3, 4, 2);
        Attributes attributes = plain
                ? Attributes.NONE
                : new Attributes("dtm-http", text(), businessKey(), text(),
                        List.of(new Attributes.Header(text(), text())),
                        true, List.of(new Attributes.Label(text(), text())));
        SagaOrder order = plain || branches.size() < 2
                ? SagaOrder.SEQUENTIAL
                : new SagaOrder(true, List.of(List.of(), List.of(0)));
        return new Command.Begin("g" + begun, mode, random.nextInt(30_000), policy, order, attributes, branches,
                Long.MAX_VALUE);
    }

    private List<BranchSpec> branches(int least) {
        List<BranchSpec> branches = new ArrayList<>();
        for (int count = least + random.nextInt(3); count > 0; count--) {
            branches.add(new BranchSpec("b" + random.nextInt(20), url(), url(), payload()));
        }
        return branches;
    }

    private List<Command.TryResult> tryResults() {
        return random.nextInt(3) == 0
                ? List.of(new Command.TryResult("b" + random.nextInt(20), payload()))
                : List.of();
    }

    private String url() {
        return random.nextInt(3) == 0 ? "" : "http://participant/" + random.nextInt(9);
    }

    private Payload payload() {
        byte[] bytes = new byte[switch (random.nextInt(8)) {
            case 0, 1 -> 0;
            case 2 -> 5_000 + random.nextInt(5_000);
            default -> random.nextInt(300);
        }];
        random.nextBytes(bytes);
        return Payload.of(bytes);
    }

    private String text() {
        return random.nextBoolean() ? "" : "text \u00e9 \ud83d\ude00 " + random.nextInt(100);
    }

    private String businessKey() {
        return random.nextBoolean() ? "" : "key \u00e9 " + begun;
    }

    private String gid() {
        return "g" + (begun - random.nextInt(RECENT));
    }

    private <T> T pick(T[] from) {
        return from[random.nextInt(from.length)];
    }
}
