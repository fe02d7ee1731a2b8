package io.holdfast.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.Decision;
import io.holdfast.api.Mode;
import io.holdfast.api.Operation;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.engine.Coordinator.PendingCall;
import io.holdfast.engine.Coordinator.TransactionView;
import io.holdfast.server.http.Answers;
import io.holdfast.server.nativeapi.Decisions;
import io.holdfast.server.nativeapi.Diagnosis;
import io.holdfast.server.nativeapi.Secrets;
import io.holdfast.server.rest.JsonBody.Names;
import org.jspecify.annotations.Nullable;

/** Transactions as this interface shows them: what there is nothing to say about is left out. */
final class TransactionJson {

    private TransactionJson() {
    }

    /** The answer to a command. */
    static ObjectNode status(Transaction transaction, boolean changed) {
        return status(transaction).put("changed", changed);
    }

    static ObjectNode status(Transaction transaction) {
        ObjectNode json = Answers.object().put("gid", transaction.gid());
        putText(json, "businessKey", transaction.terms().attributes().businessKey());
        json.put("mode", Names.of(transaction.mode())).put("state", transaction.state().name());
        Decision decision = Decisions.of(transaction);
        if (decision != null) {
            json.put("decision", Names.of(decision));
        }
        putText(json, "reason", transaction.reason());
        return json.put("finished", transaction.state().isFinished());
    }

    static ObjectNode summary(Transaction transaction) {
        ObjectNode json = common(transaction).put("branches", transaction.branches().size()).put("branchesDone",
                Diagnosis.branchesDone(transaction));
        Diagnosis diagnosis = Diagnosis.ofDurable(transaction);
        json.put("stateText", diagnosis.stateText());
        putText(json, "target", diagnosis.owedTarget());
        for (Branch branch : transaction.branches()) {
            if (!branch.lastError().isEmpty() && !json.has("lastError")) {
                json.put("lastError", branch.lastError());
            }
        }
        putLabels(json, transaction);
        return json;
    }

    /** What summary and view share. */
    private static ObjectNode common(Transaction transaction) {
        ObjectNode json = status(transaction);
        json.put("wire", transaction.terms().attributes().wire());
        putTime(json, "createdAt", transaction.terms().createdWallMillis());
        putTime(json, "updatedAt", transaction.updatedWallMillis());
        putTime(json, "decidedAt", transaction.decidedWallMillis());
        putTime(json, "finishedAt", transaction.finishedWallMillis());
        json.put("needsAttention", transaction.needsAttention());
        putText(json, "attentionReason", transaction.attention());
        json.put("paused", transaction.isPaused());
        putText(json, "pausedReason", transaction.paused());
        return json;
    }

    private static void putLabels(ObjectNode json, Transaction transaction) {
        if (!transaction.terms().attributes().labels().isEmpty()) {
            ObjectNode labels = json.putObject("labels");
            transaction.terms().attributes().labels().forEach(label -> labels.put(label.name(), label.value()));
        }
    }

    static ObjectNode view(TransactionView view) {
        Transaction transaction = view.transaction();
        Diagnosis diagnosis = new Diagnosis(view);
        ObjectNode json = common(transaction);
        json.put("stateText", diagnosis.stateText());
        putText(json, "traceparent", transaction.terms().attributes().traceparent());
        json.put("deadlineMillis", transaction.terms().deadlineMillis());
        putCount(json, "deadlineInMillis", diagnosis.deadlineInMillis());
        putCount(json, "heartbeatAgoMillis", diagnosis.heartbeatAgoMillis());
        json.put("whyStuck", diagnosis.whyStuck()).put("ifNothingIsDone", diagnosis.ifNothingIsDone());
        ArrayNode held = json.putArray("held");
        diagnosis.held().forEach(held::add);
        putTerms(json, transaction);
        ArrayNode branches = json.putArray("branches");
        for (int i = 0; i < transaction.branches().size(); i++) {
            branches.add(branch(transaction, i, diagnosis));
        }
        putAudit(json, transaction);
        return json;
    }

    private static void putTerms(ObjectNode json, Transaction transaction) {
        Terms terms = transaction.terms();
        CallPolicy policy = terms.policy();
        json.putObject("policy").put("callTimeoutMillis", policy.requestTimeoutMillis())
                .put("retryBaseMillis", policy.retryBaseMillis()).put("retryCapMillis", policy.retryCapMillis())
                .put("ongoingMillis", policy.ongoingMillis()).put("retryLimit", policy.retryLimit());
        if (terms.mode() == Mode.SAGA) {
            json.put("order", terms.order().concurrent() ? "graph" : "sequential");
        }
        putLabels(json, transaction);
        if (!terms.attributes().headers().isEmpty()) {
            ObjectNode headers = json.putObject("headers");
            for (Attributes.Header header : terms.attributes().headers()) {
                headers.put(header.name(), Secrets.shown(header));
            }
        }
    }

    private static ObjectNode branch(Transaction transaction, int index, Diagnosis diagnosis) {
        Branch branch = transaction.branches().get(index);
        boolean tcc = transaction.mode() == Mode.TCC;
        ObjectNode json = Answers.object().put("branchId", branch.branchId())
                .put("stateText", diagnosis.branchText(index)).put("held", diagnosis.isHeld(branch))
                .put("payloadBytes", branch.payloadBytes());
        putCount(json, "tryResultBytes", branch.tryResultBytes());
        putAfter(json, transaction, index);
        json.set("forward", call(branch, tcc ? Operation.CONFIRM : Operation.ACTION));
        json.set("backward", call(branch, tcc ? Operation.CANCEL : Operation.COMPENSATE));
        if (branch.alreadyDone()) {
            json.put("alreadyDone", true);
        }
        putAttempts(json, branch, diagnosis.call(index));
        return json;
    }

    private static void putAfter(ObjectNode json, Transaction transaction, int index) {
        SagaOrder order = transaction.terms().order();
        if (order.concurrent() && index < order.predecessors().size() && !order.predecessors().get(index).isEmpty()) {
            ArrayNode after = json.putArray("after");
            order.predecessors().get(index)
                    .forEach(earlier -> after.add(transaction.branches().get(earlier).branchId()));
        }
    }

    private static ObjectNode call(Branch branch, Operation operation) {
        ObjectNode json = Answers.object().put("operation", operation.wireName());
        putText(json, "url", branch.url(operation));
        Progress progress = branch.progress(operation);
        json.put("progress", Names.of(progress));
        putTime(json, "doneAt",
                operation.isForward() ? branch.forwardDoneWallMillis() : branch.backwardDoneWallMillis());
        return json;
    }

    /** Diagnostics, which are gone with the process; what has been logged of errors stands in for them. */
    private static void putAttempts(ObjectNode json, Branch branch, @Nullable PendingCall call) {
        putText(json, "lastError", call == null || call.lastError().isEmpty() ? branch.lastError() : call.lastError());
        json.put("attempts", call == null ? 0 : call.attempts()).put("inFlight", call != null && call.inFlight());
        if (call != null) {
            long now = System.currentTimeMillis();
            if (call.lastAttemptAgoMillis() >= 0) {
                putTime(json, "lastAttemptAt", now - call.lastAttemptAgoMillis());
            }
            if (!call.inFlight()) {
                putTime(json, "nextAttemptAt", now + call.nextAttemptInMillis());
            }
        }
    }

    private static void putAudit(ObjectNode json, Transaction transaction) {
        ArrayNode audit = json.putArray("audit");
        for (Transaction.Audit line : transaction.audit()) {
            ObjectNode shown = audit.addObject();
            putTime(shown, "at", line.wallMillis());
            shown.put("action", Names.of(line.action())).put("actor", line.actor());
            putText(shown, "reason", line.reason());
            shown.put("stateBefore", line.stateBefore().name());
        }
    }

    private static void putText(ObjectNode json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }

    private static void putTime(ObjectNode json, String name, long wallMillis) {
        if (wallMillis != 0) {
            json.put(name, Times.text(wallMillis));
        }
    }

    private static void putCount(ObjectNode json, String name, long count) {
        if (count >= 0) {
            json.put(name, count);
        }
    }
}
