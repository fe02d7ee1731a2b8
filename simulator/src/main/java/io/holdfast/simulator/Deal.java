package io.holdfast.simulator;

import io.holdfast.api.Mode;
import io.holdfast.core.Attributes;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command;
import io.holdfast.core.Payload;
import io.holdfast.core.SagaOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What one transaction is about, whoever runs it. */
final class Deal {

    private static final int MAX_BRANCHES = 4;

    final int number;
    final Mode mode;
    final String gid;
    final int branchCount;
    private final CallPolicy policy;
    private final SagaOrder order;
    private final long deadlineMillis;
    private final boolean hot;

    /** @param hot whether all branches are at one and the same host */
    Deal(int number, RandomGenerator random, boolean hot) {
        this.number = number;
        this.mode = random.nextBoolean() ? Mode.TCC : Mode.SAGA;
        this.gid = (mode == Mode.TCC ? "tcc-" : "saga-") + number;
        this.branchCount = 1 + random.nextInt(MAX_BRANCHES);
        this.hot = hot;
        boolean saga = mode == Mode.SAGA;
        this.policy = new CallPolicy(1_000, 200, 5_000, 500, saga && random.nextInt(4) == 0 ? 3 : 0);
        boolean concurrent = random.nextBoolean();
        this.order = !saga
                ? SagaOrder.SEQUENTIAL
                : concurrent && branchCount > 2
                        ? new SagaOrder(true, List.of(List.of(), List.of(), List.of(0, 1)))
                        : new SagaOrder(concurrent, List.of());
        this.deadlineMillis = !saga
                ? 500 + random.nextInt(8_000)
                : random.nextInt(5) == 0 ? 500 + random.nextInt(5_000) : 0;
    }

    Command.Begin begin() {
        return new Command.Begin(gid, mode, deadlineMillis, policy, order,
                new Attributes("sim", "", "key-" + gid, "", List.of(), false),
                mode == Mode.SAGA ? specs(0, branchCount) : List.of());
    }

    Command.Register register(int index) {
        return new Command.Register(gid, specs(index, index + 1));
    }

    private List<BranchSpec> specs(int from, int to) {
        List<BranchSpec> specs = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String url = "http://participant-" + (hot ? 0 : i) + ":80/" + gid;
            specs.add(
                    new BranchSpec(branchId(i), url + "/forward", url + "/backward", Payload.of(new byte[1 + i * 7])));
        }
        return specs;
    }

    static String branchId(int index) {
        return "0" + (index + 1);
    }
}
