package io.holdfast.engine.codec;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Transactions with fields of every size, whether a core would ever have them or not. */
final class RandomTransactions {

    private static final int[] CODE_POINTS = {0, 'a', '"', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000,
            0x1F600, 0x10FFFF};

    private final Random random;

    RandomTransactions(Random random) {
        this.random = random;
    }

    Unfinished unfinished() {
        return new Unfinished(transaction(), number());
    }

    Finished finished() {
        return new Finished(transaction(), number(), number(), number());
    }

    Cut.Header header() {
        return new Cut.Header(number(), number(), number(), number(), 1 + random.nextInt(9),
                new Limits(1 + random.nextInt(1_000_000), 1 + (number() >>> 1), 1 + random.nextInt(1_000),
                        random.nextInt(10)),
                number(), number(), random.nextInt(10), number());
    }

    private Transaction transaction() {
        CallPolicy policy = random.nextBoolean()
                ? CallPolicy.NATIVE
                : new CallPolicy(1 + random.nextInt(9_999), 1, 1 + random.nextInt(Integer.MAX_VALUE - 1), 7,
                        random.nextInt(3));
        SagaOrder order = random.nextBoolean()
                ? SagaOrder.SEQUENTIAL
                : new SagaOrder(random.nextBoolean(), some(() -> some(() -> random.nextInt(1_000))));
        Attributes attributes = random.nextBoolean()
                ? Attributes.NONE
                : new Attributes(text(), text(), text(), text(), some(() -> new Attributes.Header(text(), text())),
                        random.nextBoolean(), some(() -> new Attributes.Label(text(), text())));
        Terms terms = new Terms(text(), pick(Mode.values()), number(), number(), number(), number(), policy, order,
                attributes);
        return new Transaction(terms, pick(State.values()), some(this::branch), text(), number(), number(), number(),
                number(), random.nextInt(5), text(), text(), some(() -> new Transaction.Audit(number(),
                        pick(OperatorAction.values()), text(), text(), pick(State.values()))),
                number());
    }

    private Branch branch() {
        return new Branch(text(), text(), text(), random.nextInt(2) * random.nextInt(1 << 20),
                random.nextInt(2) * random.nextInt(), random.nextInt(300) - 1, pick(Branch.Progress.values()),
                pick(Branch.Progress.values()), random.nextBoolean(), text(), number(), number());
    }

    /** Of every length a varint can have, negative ones included. */
    private long number() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> -1 - random.nextInt(1_000);
            default -> random.nextLong() >>> random.nextInt(64);
        };
    }

    private <T> List<T> some(Supplier<T> one) {
        List<T> some = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            some.add(one.get());
        }
        return some;
    }

    /** Sometimes long, so that lengths of one, two and three bytes occur. */
    private String text() {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(3) == 0
                ? 0
                : random.nextInt(random.nextInt(50) == 0 ? 20_000 : 40); length > 0; length--) {
            text.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
        }
        return text.toString();
    }

    private <T> T pick(T[] from) {
        return from[random.nextInt(from.length)];
    }
}
