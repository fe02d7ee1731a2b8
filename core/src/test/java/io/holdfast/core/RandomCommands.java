package io.holdfast.core;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands from a small world, so that ids, duplicates and late answers meet often. */
final class RandomCommands {

    private static final long[] STEPS_MILLIS = {0, 0, 0, 1, 40, 500, 10_000, 30_000, 121_000, 50_000_000};
    private static final CallPolicy LIMITED = new CallPolicy(3_000, 1_000, 300_000, 2_000, 2);

    private final Random random;
    private final int gids;

    RandomCommands(Random random) {
        this.random = random;
        this.gids = 1 + random.nextInt(6);
    }

    long step() {
        return STEPS_MILLIS[random.nextInt(STEPS_MILLIS.length)];
    }

    List<Command> batch() {
        List<Command> commands = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            commands.add(next());
        }
        return commands;
    }

    private Command next() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> begin();
            case 2 -> new Command.Register(gid(), branches(0));
            case 3 -> new Command.Decide(gid(), pick(Decision.values()), random.nextBoolean() ? "" : "why",
                    random.nextInt(3) == 0 ? List.of(new Command.TryResult(branchId(), payload())) : List.of());
            case 4 -> new Command.AttemptFailed(gid(), random.nextInt(4), "status 500");
            case 5 -> switch (random.nextInt(3)) {
                case 0 -> new Command.ErrorNoted(gid(), random.nextInt(4), pick(Operation.values()), "status 502");
                case 1 -> new Command.AttentionNeeded(gid(), "failed often");
                default -> new Command.Heartbeat(List.of(gid(), gid()));
            };
            case 6 -> new Command.Operate(gid(), operatorAction(), "ann", random.nextInt(4) == 0 ? "" : "because");
            default -> new Command.Answered(gid(), random.nextInt(4), pick(Operation.values()), random.nextInt(8) != 0,
                    random.nextInt(5) == 0, random.nextBoolean() ? "" : "said so");
        };
    }

    private Command.OperatorAction operatorAction() {
        Command.OperatorAction action = pick(Command.OperatorAction.values());
        // Settling ends everything; make it rare.
        return action == Command.OperatorAction.SETTLE && random.nextInt(4) != 0
                ? Command.OperatorAction.RESUME
                : action;
    }

    private Command begin() {
        Mode mode = pick(Mode.values());
        List<BranchSpec> branches = branches(mode == Mode.SAGA ? 1 : 0);
        long deadline = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(60_000);
        return new Command.Begin(gid(), mode, deadline, random.nextBoolean() ? LIMITED : CallPolicy.NATIVE,
                order(branches.size()), attributes(), branches, random.nextInt(4) == 0 ? 0 : Scenario.CERTAIN);
    }

    private Attributes attributes() {
        return random.nextInt(3) != 0
                ? Attributes.NONE
                : new Attributes("native", "", "key-" + random.nextInt(gids), "", List.of(), false);
    }

    private SagaOrder order(int count) {
        if (random.nextInt(3) == 0) {
            return SagaOrder.SEQUENTIAL;
        }
        List<List<Integer>> predecessors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Integer> waitsFor = new ArrayList<>();
            for (int j = 0; j < count; j++) {
                // Mostly backwards, so that cycles are rare.
                if (random.nextInt(j < i ? 3 : 40) == 0) {
                    waitsFor.add(j);
                }
            }
            predecessors.add(waitsFor);
        }
        return new SagaOrder(true, predecessors);
    }

    private List<BranchSpec> branches(int least) {
        List<BranchSpec> branches = new ArrayList<>();
        for (int count = least + random.nextInt(4); count > 0; count--) {
            branches.add(new BranchSpec(branchId(), url(), url(), payload()));
        }
        return branches;
    }

    private String gid() {
        return "g" + random.nextInt(gids);
    }

    private String branchId() {
        return "b" + random.nextInt(6);
    }

    private String url() {
        return random.nextInt(4) == 0 ? "" : "http://p";
    }

    private Payload payload() {
        return Payload.of(new byte[random.nextInt(3) * 10]);
    }

    private <T> T pick(T[] from) {
        return from[random.nextInt(from.length)];
    }
}
