package io.holdfast.server.nativeapi;

import io.holdfast.core.Branch;
import io.holdfast.core.BranchSpec;
import io.holdfast.core.Payload;
import io.holdfast.core.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A branch as a caller describes it.
 *
 * @param forwardUrl  Confirm or action; empty for nothing to call
 * @param backwardUrl Cancel or compensation; empty for nothing to call
 * @param after       branches whose actions have to be done first
 */
public record NewBranch(String branchId, String forwardUrl, String backwardUrl, Payload payload, List<String> after) {

    /** What the core takes; the addresses are checked elsewhere. */
    static List<BranchSpec> specs(List<NewBranch> branches) {
        List<BranchSpec> specs = new ArrayList<>(branches.size());
        Set<String> ids = HashSet.newHashSet(branches.size());
        for (int i = 0; i < branches.size(); i++) {
            NewBranch branch = branches.get(i);
            String where = "branches[" + i + "].";
            Bounds.newId(where + "branchId", branch.branchId);
            if (!ids.add(branch.branchId)) {
                throw ApiProblem.field(where + "branchId", ApiProblem.shown(branch.branchId), "each branch once");
            }
            if (branch.payload.sizeBytes() > Bounds.MAX_PAYLOAD_BYTES) {
                throw ApiProblem.tooLarge(where + "payload", branch.payload.sizeBytes() + " bytes",
                        "at most " + Bounds.MAX_PAYLOAD_BYTES + " bytes");
            }
            specs.add(new BranchSpec(branch.branchId, branch.forwardUrl, branch.backwardUrl, branch.payload));
        }
        return specs;
    }

    /** The first of these that the transaction does not have with the same contents; null if it has them all. */
    static @Nullable BranchSpec otherThanIn(Transaction transaction, List<BranchSpec> specs) {
        for (BranchSpec spec : specs) {
            if (transaction.branches().stream().noneMatch((Branch branch) -> branch.sameAs(spec))) {
                return spec;
            }
        }
        return null;
    }
}
