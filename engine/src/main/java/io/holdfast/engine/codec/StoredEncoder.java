package io.holdfast.engine.codec;

import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.CallPolicy;
import io.holdfast.core.Command.OperatorAction;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Limits;
import io.holdfast.core.SagaOrder;
import io.holdfast.core.Terms;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import io.holdfast.wire.store.v1.AuditLine;
import io.holdfast.wire.store.v1.CutHeader;
import io.holdfast.wire.store.v1.FinishedChunk;
import io.holdfast.wire.store.v1.FinishedTransaction;
import io.holdfast.wire.store.v1.StoredBranch;
import io.holdfast.wire.store.v1.StoredTransaction;
import io.holdfast.wire.store.v1.UnfinishedTransaction;
import java.util.List;

/**
 * From transactions and headers to the messages of the store, into a buffer that is reused: {@link #reset}, write one message,
 * take it from {@link #bytes}. By hand, because every finished transaction passes here. Not thread-safe.
 */
public final class StoredEncoder {

    private final MessageBuffer to = new MessageBuffer();

    /**
     * Begins anew.
     *
     * @param reservedBytes left free in front of the message
     */
    public void reset(int reservedBytes) {
        to.reset(reservedBytes);
    }

    /** The reserved bytes and the message, from 0 to {@link #size}. The array itself: valid until the next write. */
    public byte[] bytes() {
        return to.bytes();
    }

    /** How much of {@link #bytes} counts. */
    public int size() {
        return to.size();
    }

    /** A {@link CutHeader}. */
    public void header(Cut.Header header) {
        to.number(CutHeader.SEQUENCE_FIELD_NUMBER, header.sequence());
        to.number(CutHeader.NOW_MILLIS_FIELD_NUMBER, header.nowMillis());
        to.number(CutHeader.WALL_MILLIS_FIELD_NUMBER, header.wallMillis());
        to.number(CutHeader.BOOT_NUMBER_FIELD_NUMBER, header.bootNumber());
        to.number(CutHeader.ACTIVE_VERSION_FIELD_NUMBER, header.activeVersion());
        int limits = to.begin(CutHeader.LIMITS_FIELD_NUMBER);
        limits(header.limits());
        to.end(limits);
        to.number(CutHeader.CREATED_ORDINALS_FIELD_NUMBER, header.createdOrdinals());
        to.number(CutHeader.FINISHED_ORDINALS_FIELD_NUMBER, header.finishedOrdinals());
        to.number(CutHeader.FINISHED_KEPT_FIELD_NUMBER, header.finishedKept());
        to.number(CutHeader.EVICTED_THROUGH_FIELD_NUMBER, header.evictedThrough());
    }

    private void limits(Limits limits) {
        to.number(io.holdfast.wire.log.v1.Limits.MAX_UNFINISHED_FIELD_NUMBER, limits.maxUnfinished());
        to.number(io.holdfast.wire.log.v1.Limits.MAX_LIVE_BYTES_FIELD_NUMBER, limits.maxLiveBytes());
        to.number(io.holdfast.wire.log.v1.Limits.MAX_BRANCHES_FIELD_NUMBER, limits.maxBranches());
        to.number(io.holdfast.wire.log.v1.Limits.MAX_FINISHED_FIELD_NUMBER, limits.maxFinished());
    }

    /** An {@link UnfinishedTransaction}. */
    public void unfinished(Unfinished unfinished) {
        to.number(UnfinishedTransaction.ORDINAL_FIELD_NUMBER, unfinished.ordinal());
        transaction(UnfinishedTransaction.TRANSACTION_FIELD_NUMBER, unfinished.transaction());
    }

    /** One more transaction of a {@link FinishedChunk}. */
    public void finished(Finished finished) {
        int begin = to.begin(FinishedChunk.FINISHED_FIELD_NUMBER);
        to.number(FinishedTransaction.FINISHED_ORDINAL_FIELD_NUMBER, finished.finishedOrdinal());
        to.number(FinishedTransaction.ORDINAL_FIELD_NUMBER, finished.ordinal());
        to.number(FinishedTransaction.FINISHED_SEQUENCE_FIELD_NUMBER, finished.finishedSequence());
        transaction(FinishedTransaction.TRANSACTION_FIELD_NUMBER, finished.transaction());
        to.end(begin);
    }

    private void transaction(int field, Transaction transaction) {
        int begin = to.begin(field);
        Terms terms = transaction.terms();
        to.text(StoredTransaction.GID_FIELD_NUMBER, terms.gid());
        to.number(StoredTransaction.MODE_FIELD_NUMBER, number(terms.mode()));
        to.number(StoredTransaction.STATE_FIELD_NUMBER, number(transaction.state()));
        to.number(StoredTransaction.CREATED_SEQUENCE_FIELD_NUMBER, terms.createdSequence());
        to.number(StoredTransaction.CREATED_WALL_MILLIS_FIELD_NUMBER, terms.createdWallMillis());
        to.number(StoredTransaction.DEADLINE_MILLIS_FIELD_NUMBER, terms.deadlineMillis());
        to.number(StoredTransaction.DEADLINE_AT_MILLIS_FIELD_NUMBER, terms.deadlineAtMillis());
        List<Branch> branches = transaction.branches();
        for (int i = 0; i < branches.size(); i++) {
            branch(branches.get(i));
        }
        to.number(StoredTransaction.UPDATED_WALL_MILLIS_FIELD_NUMBER, transaction.updatedWallMillis());
        to.number(StoredTransaction.DECIDED_WALL_MILLIS_FIELD_NUMBER, transaction.decidedWallMillis());
        to.number(StoredTransaction.FINISHED_WALL_MILLIS_FIELD_NUMBER, transaction.finishedWallMillis());
        to.number(StoredTransaction.PROGRESS_AT_MILLIS_FIELD_NUMBER, transaction.progressAtMillis());
        to.number(StoredTransaction.FAILED_ATTEMPTS_FIELD_NUMBER, transaction.failedAttempts());
        to.text(StoredTransaction.REASON_FIELD_NUMBER, transaction.reason());
        attributes(terms.attributes());
        policy(terms.policy());
        order(terms.order());
        to.text(StoredTransaction.PAUSED_FIELD_NUMBER, transaction.paused());
        to.text(StoredTransaction.ATTENTION_FIELD_NUMBER, transaction.attention());
        List<Transaction.Audit> audit = transaction.audit();
        for (int i = 0; i < audit.size(); i++) {
            audit(audit.get(i));
        }
        to.number(StoredTransaction.HEARTBEAT_AT_MILLIS_FIELD_NUMBER, transaction.heartbeatAtMillis());
        to.end(begin);
    }

    private void branch(Branch branch) {
        int begin = to.begin(StoredTransaction.BRANCHES_FIELD_NUMBER);
        to.text(StoredBranch.BRANCH_ID_FIELD_NUMBER, branch.branchId());
        to.text(StoredBranch.FORWARD_URL_FIELD_NUMBER, branch.forwardUrl());
        to.text(StoredBranch.BACKWARD_URL_FIELD_NUMBER, branch.backwardUrl());
        to.number(StoredBranch.PAYLOAD_BYTES_FIELD_NUMBER, branch.payloadBytes());
        to.fixed32(StoredBranch.PAYLOAD_CRC32C_FIELD_NUMBER, branch.payloadCrc32c());
        if (branch.tryResultBytes() >= 0) {
            to.present(StoredBranch.TRY_RESULT_BYTES_FIELD_NUMBER, branch.tryResultBytes());
        }
        to.number(StoredBranch.FORWARD_FIELD_NUMBER, number(branch.forward()));
        to.number(StoredBranch.BACKWARD_FIELD_NUMBER, number(branch.backward()));
        to.flag(StoredBranch.ALREADY_DONE_FIELD_NUMBER, branch.alreadyDone());
        to.text(StoredBranch.LAST_ERROR_FIELD_NUMBER, branch.lastError());
        to.number(StoredBranch.FORWARD_DONE_WALL_MILLIS_FIELD_NUMBER, branch.forwardDoneWallMillis());
        to.number(StoredBranch.BACKWARD_DONE_WALL_MILLIS_FIELD_NUMBER, branch.backwardDoneWallMillis());
        to.end(begin);
    }

    private void attributes(Attributes attributes) {
        if (attributes.equals(StoredDecoder.ABSENT_ATTRIBUTES)) {
            return;
        }
        int begin = to.begin(StoredTransaction.ATTRIBUTES_FIELD_NUMBER);
        to.text(io.holdfast.wire.log.v1.Attributes.WIRE_FIELD_NUMBER, attributes.wire());
        to.text(io.holdfast.wire.log.v1.Attributes.TRACEPARENT_FIELD_NUMBER, attributes.traceparent());
        to.text(io.holdfast.wire.log.v1.Attributes.BUSINESS_KEY_FIELD_NUMBER, attributes.businessKey());
        to.text(io.holdfast.wire.log.v1.Attributes.CUSTOM_DATA_FIELD_NUMBER, attributes.customData());
        for (Attributes.Header header : attributes.headers()) {
            int pair = to.begin(io.holdfast.wire.log.v1.Attributes.HEADERS_FIELD_NUMBER);
            to.text(io.holdfast.wire.log.v1.Header.NAME_FIELD_NUMBER, header.name());
            to.text(io.holdfast.wire.log.v1.Header.VALUE_FIELD_NUMBER, header.value());
            to.end(pair);
        }
        to.flag(io.holdfast.wire.log.v1.Attributes.WAIT_RESULT_FIELD_NUMBER, attributes.waitResult());
        for (Attributes.Label label : attributes.labels()) {
            int pair = to.begin(io.holdfast.wire.log.v1.Attributes.LABELS_FIELD_NUMBER);
            to.text(io.holdfast.wire.log.v1.Label.NAME_FIELD_NUMBER, label.name());
            to.text(io.holdfast.wire.log.v1.Label.VALUE_FIELD_NUMBER, label.value());
            to.end(pair);
        }
        to.end(begin);
    }

    private void policy(CallPolicy policy) {
        if (policy.equals(StoredDecoder.ABSENT_POLICY)) {
            return;
        }
        int begin = to.begin(StoredTransaction.POLICY_FIELD_NUMBER);
        to.number(io.holdfast.wire.log.v1.CallPolicy.REQUEST_TIMEOUT_MILLIS_FIELD_NUMBER,
                policy.requestTimeoutMillis());
        to.number(io.holdfast.wire.log.v1.CallPolicy.RETRY_BASE_MILLIS_FIELD_NUMBER, policy.retryBaseMillis());
        to.number(io.holdfast.wire.log.v1.CallPolicy.RETRY_CAP_MILLIS_FIELD_NUMBER, policy.retryCapMillis());
        to.number(io.holdfast.wire.log.v1.CallPolicy.ONGOING_MILLIS_FIELD_NUMBER, policy.ongoingMillis());
        to.number(io.holdfast.wire.log.v1.CallPolicy.RETRY_LIMIT_FIELD_NUMBER, policy.retryLimit());
        to.end(begin);
    }

    private void order(SagaOrder order) {
        if (order.equals(SagaOrder.SEQUENTIAL)) {
            return;
        }
        int begin = to.begin(StoredTransaction.ORDER_FIELD_NUMBER);
        to.flag(io.holdfast.wire.log.v1.SagaOrder.CONCURRENT_FIELD_NUMBER, order.concurrent());
        for (List<Integer> predecessors : order.predecessors()) {
            int one = to.begin(io.holdfast.wire.log.v1.SagaOrder.PREDECESSORS_FIELD_NUMBER);
            if (!predecessors.isEmpty()) {
                int list = to.begin(io.holdfast.wire.log.v1.Predecessors.BRANCH_INDEX_FIELD_NUMBER);
                predecessors.forEach(to::packed);
                to.end(list);
            }
            to.end(one);
        }
        to.end(begin);
    }

    private void audit(Transaction.Audit line) {
        int begin = to.begin(StoredTransaction.AUDIT_FIELD_NUMBER);
        to.number(AuditLine.WALL_MILLIS_FIELD_NUMBER, line.wallMillis());
        to.number(AuditLine.ACTION_FIELD_NUMBER, number(line.action()));
        to.text(AuditLine.ACTOR_FIELD_NUMBER, line.actor());
        to.text(AuditLine.REASON_FIELD_NUMBER, line.reason());
        to.number(AuditLine.STATE_BEFORE_FIELD_NUMBER, number(line.stateBefore()));
        to.end(begin);
    }

    private static int number(Mode mode) {
        return switch (mode) {
            case TCC -> io.holdfast.wire.log.v1.Mode.MODE_TCC_VALUE;
            case SAGA -> io.holdfast.wire.log.v1.Mode.MODE_SAGA_VALUE;
        };
    }

    private static int number(State state) {
        return switch (state) {
            case TRYING -> io.holdfast.wire.store.v1.State.STATE_TRYING_VALUE;
            case CONFIRMING -> io.holdfast.wire.store.v1.State.STATE_CONFIRMING_VALUE;
            case CANCELLING -> io.holdfast.wire.store.v1.State.STATE_CANCELLING_VALUE;
            case RUNNING -> io.holdfast.wire.store.v1.State.STATE_RUNNING_VALUE;
            case COMPENSATING -> io.holdfast.wire.store.v1.State.STATE_COMPENSATING_VALUE;
            case CONFIRMED -> io.holdfast.wire.store.v1.State.STATE_CONFIRMED_VALUE;
            case CANCELLED -> io.holdfast.wire.store.v1.State.STATE_CANCELLED_VALUE;
            case SETTLED_BY_HAND -> io.holdfast.wire.store.v1.State.STATE_SETTLED_BY_HAND_VALUE;
        };
    }

    private static int number(Branch.Progress progress) {
        return switch (progress) {
            case IDLE -> io.holdfast.wire.store.v1.Progress.PROGRESS_IDLE_VALUE;
            case OWED -> io.holdfast.wire.store.v1.Progress.PROGRESS_OWED_VALUE;
            case DONE -> io.holdfast.wire.store.v1.Progress.PROGRESS_DONE_VALUE;
            case FAILED -> io.holdfast.wire.store.v1.Progress.PROGRESS_FAILED_VALUE;
            case ABANDONED -> io.holdfast.wire.store.v1.Progress.PROGRESS_ABANDONED_VALUE;
        };
    }

    private static int number(OperatorAction action) {
        return switch (action) {
            case RETRY -> io.holdfast.wire.log.v1.OperatorAction.OPERATOR_ACTION_RETRY_VALUE;
            case PAUSE -> io.holdfast.wire.log.v1.OperatorAction.OPERATOR_ACTION_PAUSE_VALUE;
            case RESUME -> io.holdfast.wire.log.v1.OperatorAction.OPERATOR_ACTION_RESUME_VALUE;
            case SETTLE -> io.holdfast.wire.log.v1.OperatorAction.OPERATOR_ACTION_SETTLE_VALUE;
        };
    }
}
