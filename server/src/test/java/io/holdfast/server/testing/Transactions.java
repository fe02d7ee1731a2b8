package io.holdfast.server.testing;

import io.holdfast.api.ErrorCode;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Reply;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transactions in any state, as an engine would show them. */
public final class Transactions {

    public static final long CREATED_MILLIS = 1_700_000_000_000L;
    public static final String CREATED = "2023-11-14T22:13:20Z";

    private Transactions() {
    }

    public static Transaction in(State state, Mode mode, String gid, Branch... branches) {
        return with(terms(gid, mode, Attributes.NONE), state, "", branches);
    }

    public static Transaction tcc(String gid, State state) {
        return in(state, Mode.TCC, gid);
    }

    public static Transaction saga(String gid, State state) {
        return in(state, Mode.SAGA, gid);
    }

    public static Terms terms(String gid, Mode mode, Attributes attributes) {
        return new Terms(gid, mode, 7, CREATED_MILLIS, 35_000, 35_000,
                new CallPolicy(3_000, 10_000, 300_000, 10_000, 0), SagaOrder.SEQUENTIAL, attributes);
    }

    public static Transaction with(Terms terms, State state, String reason, Branch... branches) {
        return new Transaction(terms, state, List.of(branches), reason, CREATED_MILLIS,
                state.isUndecided() ? 0 : CREATED_MILLIS + 500, state.isFinished() ? CREATED_MILLIS + 1_000 : 0, 0, 0,
                "", "", List.of());
    }

    public static Branch branch(String branchId, Progress forward, Progress backward) {
        return new Branch(branchId, "http://127.0.0.1/" + branchId + "/forward",
                "http://127.0.0.1/" + branchId + "/backward", 2, 0, -1, forward, backward, false, "",
                forward == Progress.DONE ? CREATED_MILLIS + 500 : 0, backward == Progress.DONE ? CREATED_MILLIS : 0);
    }

    public static Reply changed(Transaction transaction) {
        return new Reply.Done(transaction, true);
    }

    public static Reply known(Transaction transaction) {
        return new Reply.Done(transaction, false);
    }

    public static Reply refused(ErrorCode code, @Nullable Transaction transaction) {
        return new Reply.Refused(code, "said no", transaction);
    }
}
