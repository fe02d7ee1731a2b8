package io.holdfast.simulator;

import io.holdfast.api.State;
import io.holdfast.core.Transaction;
import java.util.EnumMap;
import java.util.Map;

/** Whether the effects at the participants fit the ends of the transactions, and whether money and stock add up. */
final class Judge {

    private final SimParticipants participants;
    private final Truth truth;
    private final Map<State, Integer> ends = new EnumMap<>(State.class);
    private long gone;
    private long held;

    Judge(SimParticipants participants, Truth truth) {
        this.participants = participants;
        this.truth = truth;
    }

    int count(State state) {
        return ends.getOrDefault(state, 0);
    }

    void judge(Deal deal, Transaction end) {
        String gid = deal.gid;
        Violation.unless(end.state().isFinished(), "G4 %s ended for its client, its state is %s", gid, end.state());
        ends.merge(end.state(), 1, Integer::sum);
        for (int i = 0; i < end.branches().size(); i++) {
            SimBranch branch = participants.branch(gid, Deal.branchId(i));
            branch.judge(deal.mode, end.state());
            gone += branch.mustBeGone(deal.mode, end.state());
            held += branch.mayHold(deal.mode, end.state());
        }
    }

    /** After the last transaction. */
    void end() {
        Violation.unless(participants.gone() == gone, "G5 %s are gone at the participants, the transactions took %s",
                participants.gone(), gone);
        Violation.unless(participants.held() == held, "G3 %s are held at the participants, %s may be",
                participants.held(), held);
        Violation.unless(truth.unfinished() == 0, "G4 %s are unfinished at the end", truth.unfinished());
    }
}
