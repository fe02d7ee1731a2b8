package io.holdfast.simulator;

import io.holdfast.api.Mode;
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
            FencedBranch branch = participants.branch(gid, Deal.branchId(i));
            boolean confirmed = end.state() == State.CONFIRMED;
            boolean settled = end.state() == State.SETTLED_BY_HAND;
            int confirms = deal.mode == Mode.TCC ? branch.confirmEffects : branch.forwardEffects;
            Violation.unless(!confirmed || confirms == 1 && !branch.undone,
                    "G5 %s is confirmed, branch %s took effect %s times%s",
                    gid, i, confirms, branch.undone ? " and was undone" : "");
            Violation.unless(confirmed || settled || !branch.holds(), "G3 %s is cancelled, branch %s still holds", gid,
                    i);
            Violation.unless(confirmed || settled || branch.confirmEffects == 0,
                    "G2 %s is cancelled, branch %s was confirmed", gid, i);
            // A person who settles by hand answers for what is still held.
            boolean keeps = settled ? deal.mode == Mode.TCC ? branch.confirmEffects > 0 : branch.holds() : confirmed;
            gone += keeps ? branch.amount() : 0;
            held += settled && deal.mode == Mode.TCC && branch.holds() ? branch.amount() : 0;
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
