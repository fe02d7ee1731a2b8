package io.holdfast.engine.codec;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Limits;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Commands of every kind with fields of every size, for ids from a small world, so that they also meet. */
final class RandomCommands {

    static final int KINDS = 10;

    private static final int[] CODE_POINTS = {0, 'a', '"', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000,
            0x1F600, 0x10FFFF};

    private final Random random;
    private long bootNumber;

    RandomCommands(Random random) {
        this.random = random;
    }

    Command next() {
        return next(random.nextInt(KINDS));
    }

    Command next(int kind) {
        return switch (kind) {
            case 0 -> begin();
            case 1 -> new Command.Register(gid(), branches());
            case 2 -> new Command.Decide(gid(), pick(Decision.values()), text(),
                    some(() -> new Command.TryResult(branchId(), payload())));
            case 3 -> new Command.Answered(gid(), random.nextInt(4), pick(Operation.values()), random.nextBoolean(),
                    random.nextBoolean(), text());
            case 4 -> new Command.AttemptFailed(gid(), random.nextInt(4), text());
            case 5 -> new Command.ErrorNoted(gid(), random.nextInt(4), pick(Operation.values()), text());
            case 6 -> new Command.AttentionNeeded(gid(), text());
            case 7 -> new Command.Operate(gid(), pick(Command.OperatorAction.values()), text(), text());
            case 8 -> new Command.Boot(++bootNumber, random.nextLong(),
                    new Limits(1 + random.nextInt(1_000_000), 1 + (random.nextLong() >>> 1 >>> random.nextInt(62)),
                            1 + random.nextInt(1_000), random.nextInt(10)));
            case 9 -> new Command.Heartbeat(some(this::gid));
            default -> throw new IllegalArgumentException("kind=" + kind);
        };
    }

    private Command begin() {
        List<BranchSpec> branches = branches();
        List<List<Integer>> predecessors = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            predecessors.add(i > 0 && random.nextBoolean() ? List.of(random.nextInt(i)) : List.of());
        }
        SagaOrder order = random.nextBoolean()
                ? SagaOrder.SEQUENTIAL
                : new SagaOrder(random.nextBoolean(), predecessors);
        CallPolicy policy = random.nextBoolean()
                ? CallPolicy.NATIVE
                : new CallPolicy(1 + random.nextInt(9_999), 1, 1 + random.nextInt(Integer.MAX_VALUE - 1), 7,
                        random.nextInt(3));
        Attributes attributes = new Attributes(text(), text(), text(), text(),
                some(() -> new Attributes.Header(text(), text())), random.nextBoolean(),
                some(() -> new Attributes.Label(text(), text())));
        return new Command.Begin(gid(), pick(Mode.values()), random.nextLong() >>> 1 >>> random.nextInt(63), policy,
                order,
                attributes, branches);
    }

    private List<BranchSpec> branches() {
        return some(() -> new BranchSpec(branchId(), text(), text(), payload()));
    }

    private <T> List<T> some(Supplier<T> one) {
        List<T> some = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            some.add(one.get());
        }
        return some;
    }

    private Payload payload() {
        byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return Payload.of(bytes);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(3) == 0 ? 0 : random.nextInt(20); length > 0; length--) {
            text.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
        }
        return text.toString();
    }

    private String gid() {
        return "gid-" + random.nextInt(4);
    }

    private String branchId() {
        return "b" + random.nextInt(4);
    }

    private <T> T pick(T[] from) {
        return from[random.nextInt(from.length)];
    }
}
