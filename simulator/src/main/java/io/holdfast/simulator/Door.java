package io.holdfast.simulator;

import io.holdfast.engine.Participants.Call;
import java.util.HashMap;
import java.util.Map;

/**
 * Where calls leave for participants, whoever makes them. In one time of leading a branch has at most one call under way: from when it
 * leaves until it was answered or its time-out is over, also if whoever made it is dead by then. A leader that was deposed, or a node
 * that was killed, may have left others behind, which is what fences are for.
 */
final class Door {

    private final Map<Branch, String> underWay = new HashMap<>();

    /** @param leading a boot number: it is another one in each time of leading */
    private record Branch(String leading, String gid, String branchId) {}

    /**
     * A call leaves.
     *
     * @param who makes it, in words
     * @return to be run once when it is no longer under way
     */
    Runnable leaves(Call call, String who) {
        Branch branch = new Branch(call.epoch().substring(0, call.epoch().indexOf('.')), call.gid(), call.branchId());
        String what = call.operation() + " by " + who;
        String other = underWay.put(branch, what);
        Violation.unless(other == null, "G5 %s/%s has two calls under way: %s and %s", call.gid(), call.branchId(),
                other, what);
        return () -> underWay.remove(branch);
    }
}
