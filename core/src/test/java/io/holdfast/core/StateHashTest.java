package io.holdfast.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateHashTest {

    @Test
    void everyDifferenceShows() {
        BranchSpec branch = Scenario.branch("a");
        List<List<Command>> histories = List.of(
                List.of(), List.of(begin("g", branch)), List.of(begin("h", branch)),
                List.of(begin("g", branch), begin("h", branch)),
                List.of(begin("g", new BranchSpec("a", branch.forwardUrl(), branch.backwardUrl(),
                        Scenario.payload("BODY of a")))),
                List.of(begin("g", branch), new Command.Decide("g", Decision.CONFIRM, "", List.of())),
                List.of(begin("g", branch), new Command.Decide("g", Decision.CANCEL, "", List.of())),
                List.of(begin("g", branch), new Command.Decide("g", Decision.CANCEL, "x", List.of())),
                List.of(begin("g", branch), new Command.Decide("g", Decision.CONFIRM, "", List.of()),
                        new Command.ErrorNoted("g", 0, Operation.CONFIRM, "x")),
                List.of(begin("g", branch), new Command.Decide("g", Decision.CONFIRM, "", List.of()),
                        new Command.Answered("g", 0, Operation.CONFIRM, true, false, "")),
                List.of(begin("g", branch), new Command.Decide("g", Decision.CONFIRM, "", List.of()),
                        new Command.Answered("g", 0, Operation.CONFIRM, true, true, "")),
                List.of(begin("g", branch), new Command.Operate("g", Command.OperatorAction.RETRY, "ann", "")),
                List.of(begin("g", branch), new Command.Operate("g", Command.OperatorAction.RETRY, "bob", "")),
                List.of(begin("g", branch), new Command.AttentionNeeded("g", "x")),
                List.of(begin("g", branch), new Command.Heartbeat(List.of("g"))),
                List.of(labelled(branch, "a", "b")), List.of(labelled(branch, "a", "c")),
                List.of(labelled(branch, "b", "b")));
        Set<String> hashes = new HashSet<>();
        for (List<Command> history : histories) {
            assertThat(hashes.add(hashOf(history))).as("%s", history).isTrue();
            assertThat(hashOf(history)).hasSize(64).isIn(hashes);
        }
    }

    private static Command begin(String gid, BranchSpec branch) {
        return new Command.Begin(gid, Mode.TCC, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL, Attributes.NONE,
                List.of(branch));
    }

    private static Command labelled(BranchSpec branch, String name, String value) {
        return new Command.Begin("g", Mode.TCC, 30_000, CallPolicy.NATIVE, SagaOrder.SEQUENTIAL,
                new Attributes("native", "", "", "", List.of(), false, List.of(new Attributes.Label(name, value))),
                List.of(branch));
    }

    private static String hashOf(List<Command> commands) {
        Core core = new Core();
        core.step(new Entry(1, 10, 20, commands));
        return core.stateHash();
    }
}
