package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Payload;
import io.holdfast.engine.Participants.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoorTest {

    private final Door door = new Door();

    private static Call call(String branchId, Operation operation, String epoch) {
        return new Call("saga-1", Mode.SAGA, branchId, operation, "http://somewhere", Payload.EMPTY, List.of(), 1_000,
                "", "",
                epoch);
    }

    @Test
    void aBranchHasOneCallUnderWayInOneTimeOfLeading() {
        door.leaves(call("01", Operation.ACTION, "3.7"), "worker 0");
        assertThatThrownBy(() -> door.leaves(call("01", Operation.COMPENSATE, "3.8"), "worker 1"))
                .isInstanceOf(Violation.class)
                .hasMessage("G5 saga-1/01 has two calls under way: ACTION by worker 0 and COMPENSATE by worker 1");
    }

    @Test
    void theNextMayLeaveWhenTheOneBeforeIsOver() {
        door.leaves(call("01", Operation.ACTION, "3.7"), "worker 0").run();
        assertThatCode(() -> door.leaves(call("01", Operation.ACTION, "3.8"), "worker 1")).doesNotThrowAnyException();
    }

    @Test
    void whatALeaderBeforeHasLeftBehindDoesNotCount() {
        door.leaves(call("01", Operation.ACTION, "3.7"), "worker 0");
        assertThatCode(() -> door.leaves(call("01", Operation.ACTION, "4.1"), "worker 1")).doesNotThrowAnyException();
        assertThatCode(() -> door.leaves(call("02", Operation.ACTION, "3.9"), "worker 1")).doesNotThrowAnyException();
    }
}
