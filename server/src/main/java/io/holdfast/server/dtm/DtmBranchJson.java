package io.holdfast.server.dtm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.http.Answers;

/**
 * Branches as dtm shows them: two rows for each, the one that takes back first. Clients and tests rely on the order. Payloads are
 * shown up to a bound, since a transaction may have a gigabyte of them.
 */
final class DtmBranchJson {

    private static final int MAX_BODIES_BYTES = 4 << 20;

    private DtmBranchJson() {
    }

    static ArrayNode rows(TransactionView view) {
        Transaction transaction = view.transaction();
        boolean tcc = transaction.mode() == Mode.TCC;
        ArrayNode rows = Answers.JSON.createArrayNode();
        int shownBytes = 0;
        for (int i = 0; i < transaction.branches().size(); i++) {
            byte[] body = i < view.bodies().size() ? view.bodies().get(i) : new byte[0];
            if (shownBytes + body.length > MAX_BODIES_BYTES) {
                body = new byte[0];
            }
            shownBytes += body.length;
            addRow(rows, transaction, i, tcc ? Operation.CANCEL : Operation.COMPENSATE, body);
            addRow(rows, transaction, i, tcc ? Operation.CONFIRM : Operation.ACTION, body);
        }
        return rows;
    }

    private static void addRow(ArrayNode rows, Transaction transaction, int index, Operation operation, byte[] body) {
        Branch branch = transaction.branches().get(index);
        Progress progress = branch.progress(operation);
        long doneMillis = operation.isForward() ? branch.forwardDoneWallMillis() : branch.backwardDoneWallMillis();
        long createdMillis = transaction.terms().createdWallMillis();
        ObjectNode row = rows.addObject().put("id", rows.size())
                .put("create_time", DtmTransactionJson.time(createdMillis))
                .put("update_time", DtmTransactionJson.time(doneMillis == 0 ? createdMillis : doneMillis))
                .put("gid", transaction.gid()).put("url", branch.url(operation));
        if (body.length > 0) {
            row.put("bin_data", body);
        }
        row.put("branch_id", branch.branchId()).put("op", operation.wireName())
                .put("status", DtmStatus.of(progress));
        if (doneMillis != 0) {
            row.put("finish_time", DtmTransactionJson.time(doneMillis));
        }
    }
}
