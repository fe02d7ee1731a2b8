package io.holdfast.engine.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.api.Mode;
import io.holdfast.api.State;
import io.holdfast.core.Attributes;
import io.holdfast.core.Branch;
import io.holdfast.core.Branch.Progress;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From the messages of the store back to transactions and headers. By hand, because a start reads a million of them; what holds
 * few fields goes through the generated classes. Not thread-safe: it remembers texts that come again and again.
 */
public final class StoredDecoder {

    /** What an absent policy stands for, for ever, whatever the defaults of a wire become. */
    static final CallPolicy ABSENT_POLICY = new CallPolicy(3_000, 1_000, 300_000, 2_000, 0);

    static final Attributes ABSENT_ATTRIBUTES = new Attributes("native", "", "", "", List.of(), false);

    private final MessageInput in = new MessageInput();

    /** Reads a {@link CutHeader}. */
    public Cut.Header header(byte[] from, int offset, int length) throws InvalidProtocolBufferException {
        CutHeader header = CutHeader.parser().parseFrom(from, offset, length);
        var limits = header.getLimits();
        return new Cut.Header(header.getSequence(), header.getNowMillis(), header.getWallMillis(),
                header.getBootNumber(),
                header.getActiveVersion(),
                new Limits(limits.getMaxUnfinished(), limits.getMaxLiveBytes(), limits.getMaxBranches(),
                        limits.getMaxFinished()),
                header.getCreatedOrdinals(), header.getFinishedOrdinals(), header.getFinishedKept(),
                header.getEvictedThrough());
    }

    /** Reads an {@link UnfinishedTransaction}. */
    public Unfinished unfinished(byte[] from, int offset, int length) throws InvalidProtocolBufferException {
        in.open(from, offset, length);
        return MessageInput.read(() -> {
            long ordinal = 0;
            Transaction transaction = null;
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case UnfinishedTransaction.ORDINAL_FIELD_NUMBER -> ordinal = in.int64();
                    case UnfinishedTransaction.TRANSACTION_FIELD_NUMBER -> transaction = transaction();
                    default -> in.skip();
                }
            }
            return new Unfinished(present(transaction), ordinal);
        });
    }

    /** Reads a {@link FinishedChunk}. */
    public List<Finished> chunk(byte[] from, int offset, int length) throws InvalidProtocolBufferException {
        in.open(from, offset, length);
        return MessageInput.read(() -> {
            List<Finished> chunk = new ArrayList<>();
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                if (field == FinishedChunk.FINISHED_FIELD_NUMBER) {
                    chunk.add(finished());
                } else {
                    in.skip();
                }
            }
            return chunk;
        });
    }

    /** Reads one transaction of a {@link FinishedChunk} and passes over those before it; null if there are not so many. */
    public @Nullable Finished inChunk(byte[] from, int offset, int length, int index)
            throws InvalidProtocolBufferException {
        in.open(from, offset, length);
        return MessageInput.<@Nullable Finished>read(() -> {
            int passed = 0;
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                if (field == FinishedChunk.FINISHED_FIELD_NUMBER && passed++ == index) {
                    return finished();
                }
                in.skip();
            }
            return null;
        });
    }

    private Finished finished() throws IOException {
        int outer = in.enter();
        long finishedOrdinal = 0;
        long ordinal = 0;
        long finishedSequence = 0;
        Transaction transaction = null;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case FinishedTransaction.FINISHED_ORDINAL_FIELD_NUMBER -> finishedOrdinal = in.int64();
                case FinishedTransaction.ORDINAL_FIELD_NUMBER -> ordinal = in.int64();
                case FinishedTransaction.FINISHED_SEQUENCE_FIELD_NUMBER -> finishedSequence = in.int64();
                case FinishedTransaction.TRANSACTION_FIELD_NUMBER -> transaction = transaction();
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Finished(present(transaction), ordinal, finishedOrdinal, finishedSequence);
    }

    private Transaction transaction() throws IOException {
        int outer = in.enter();
        String gid = "";
        int mode = 0;
        int state = 0;
        long createdSequence = 0;
        long createdWallMillis = 0;
        long deadlineMillis = 0;
        long deadlineAtMillis = 0;
        List<Branch> branches = new ArrayList<>(2);
        long updatedWallMillis = 0;
        long decidedWallMillis = 0;
        long finishedWallMillis = 0;
        long progressAtMillis = 0;
        long heartbeatAtMillis = 0;
        int failedAttempts = 0;
        String reason = "";
        Attributes attributes = ABSENT_ATTRIBUTES;
        CallPolicy policy = ABSENT_POLICY;
        SagaOrder order = SagaOrder.SEQUENTIAL;
        String paused = "";
        String attention = "";
        List<Transaction.Audit> audit = List.of();
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case StoredTransaction.GID_FIELD_NUMBER -> gid = in.text();
                case StoredTransaction.MODE_FIELD_NUMBER -> mode = in.enumNumber();
                case StoredTransaction.STATE_FIELD_NUMBER -> state = in.enumNumber();
                case StoredTransaction.CREATED_SEQUENCE_FIELD_NUMBER -> createdSequence = in.int64();
                case StoredTransaction.CREATED_WALL_MILLIS_FIELD_NUMBER -> createdWallMillis = in.int64();
                case StoredTransaction.DEADLINE_MILLIS_FIELD_NUMBER -> deadlineMillis = in.int64();
                case StoredTransaction.DEADLINE_AT_MILLIS_FIELD_NUMBER -> deadlineAtMillis = in.int64();
                case StoredTransaction.BRANCHES_FIELD_NUMBER -> branches.add(branch());
                case StoredTransaction.UPDATED_WALL_MILLIS_FIELD_NUMBER -> updatedWallMillis = in.int64();
                case StoredTransaction.DECIDED_WALL_MILLIS_FIELD_NUMBER -> decidedWallMillis = in.int64();
                case StoredTransaction.FINISHED_WALL_MILLIS_FIELD_NUMBER -> finishedWallMillis = in.int64();
                case StoredTransaction.PROGRESS_AT_MILLIS_FIELD_NUMBER -> progressAtMillis = in.int64();
                case StoredTransaction.FAILED_ATTEMPTS_FIELD_NUMBER -> failedAttempts = in.int32();
                case StoredTransaction.REASON_FIELD_NUMBER -> reason = in.text();
                case StoredTransaction.ATTRIBUTES_FIELD_NUMBER ->
                    attributes = AttributesReader.read(in);
                case StoredTransaction.POLICY_FIELD_NUMBER ->
                    policy = CommandDecoder.policy(io.holdfast.wire.log.v1.CallPolicy.parseFrom(in.bytes()));
                case StoredTransaction.ORDER_FIELD_NUMBER ->
                    order = CommandDecoder.order(io.holdfast.wire.log.v1.SagaOrder.parseFrom(in.bytes()));
                case StoredTransaction.PAUSED_FIELD_NUMBER -> paused = in.text();
                case StoredTransaction.ATTENTION_FIELD_NUMBER -> attention = in.text();
                case StoredTransaction.AUDIT_FIELD_NUMBER -> {
                    audit = audit.isEmpty() ? new ArrayList<>() : audit;
                    audit.add(audit(AuditLine.parseFrom(in.bytes())));
                }
                case StoredTransaction.HEARTBEAT_AT_MILLIS_FIELD_NUMBER -> heartbeatAtMillis = in.int64();
                default -> in.skip();
            }
        }
        in.leave(outer);
        Terms terms = new Terms(gid, mode(mode), createdSequence, createdWallMillis, deadlineMillis, deadlineAtMillis,
                policy, order, attributes);
        return new Transaction(terms, state(state), branches, reason, updatedWallMillis, decidedWallMillis,
                finishedWallMillis, progressAtMillis, failedAttempts, paused, attention, audit, heartbeatAtMillis);
    }

    private Branch branch() throws IOException {
        int outer = in.enter();
        String branchId = "";
        String forwardUrl = "";
        String backwardUrl = "";
        int payloadBytes = 0;
        int payloadCrc32c = 0;
        int tryResultBytes = -1;
        int forward = 0;
        int backward = 0;
        boolean alreadyDone = false;
        String lastError = "";
        long forwardDoneWallMillis = 0;
        long backwardDoneWallMillis = 0;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case StoredBranch.BRANCH_ID_FIELD_NUMBER -> branchId = in.repeatedText();
                case StoredBranch.FORWARD_URL_FIELD_NUMBER -> forwardUrl = in.repeatedText();
                case StoredBranch.BACKWARD_URL_FIELD_NUMBER -> backwardUrl = in.repeatedText();
                case StoredBranch.PAYLOAD_BYTES_FIELD_NUMBER -> payloadBytes = in.int32();
                case StoredBranch.PAYLOAD_CRC32C_FIELD_NUMBER -> payloadCrc32c = in.fixed32();
                case StoredBranch.TRY_RESULT_BYTES_FIELD_NUMBER -> tryResultBytes = in.int32();
                case StoredBranch.FORWARD_FIELD_NUMBER -> forward = in.enumNumber();
                case StoredBranch.BACKWARD_FIELD_NUMBER -> backward = in.enumNumber();
                case StoredBranch.ALREADY_DONE_FIELD_NUMBER -> alreadyDone = in.bool();
                case StoredBranch.LAST_ERROR_FIELD_NUMBER -> lastError = in.repeatedText();
                case StoredBranch.FORWARD_DONE_WALL_MILLIS_FIELD_NUMBER -> forwardDoneWallMillis = in.int64();
                case StoredBranch.BACKWARD_DONE_WALL_MILLIS_FIELD_NUMBER -> backwardDoneWallMillis = in.int64();
                default -> in.skip();
            }
        }
        in.leave(outer);
        return new Branch(branchId, forwardUrl, backwardUrl, payloadBytes, payloadCrc32c, tryResultBytes,
                progress(forward), progress(backward), alreadyDone, lastError, forwardDoneWallMillis,
                backwardDoneWallMillis);
    }

    private static Transaction.Audit audit(AuditLine from) throws InvalidProtocolBufferException {
        OperatorAction action = CommandDecoder.action(from.getAction());
        return new Transaction.Audit(from.getWallMillis(), action, from.getActor(), from.getReason(),
                state(from.getStateBeforeValue()));
    }

    private static Mode mode(int number) throws InvalidProtocolBufferException {
        return switch (number) {
            case io.holdfast.wire.log.v1.Mode.MODE_TCC_VALUE -> Mode.TCC;
            case io.holdfast.wire.log.v1.Mode.MODE_SAGA_VALUE -> Mode.SAGA;
            default -> throw unknown("mode", number);
        };
    }

    private static State state(int number) throws InvalidProtocolBufferException {
        return switch (number) {
            case io.holdfast.wire.store.v1.State.STATE_TRYING_VALUE -> State.TRYING;
            case io.holdfast.wire.store.v1.State.STATE_CONFIRMING_VALUE -> State.CONFIRMING;
            case io.holdfast.wire.store.v1.State.STATE_CANCELLING_VALUE -> State.CANCELLING;
            case io.holdfast.wire.store.v1.State.STATE_RUNNING_VALUE -> State.RUNNING;
            case io.holdfast.wire.store.v1.State.STATE_COMPENSATING_VALUE -> State.COMPENSATING;
            case io.holdfast.wire.store.v1.State.STATE_CONFIRMED_VALUE -> State.CONFIRMED;
            case io.holdfast.wire.store.v1.State.STATE_CANCELLED_VALUE -> State.CANCELLED;
            case io.holdfast.wire.store.v1.State.STATE_SETTLED_BY_HAND_VALUE -> State.SETTLED_BY_HAND;
            default -> throw unknown("state", number);
        };
    }

    private static Progress progress(int number) throws InvalidProtocolBufferException {
        return switch (number) {
            case io.holdfast.wire.store.v1.Progress.PROGRESS_IDLE_VALUE -> Progress.IDLE;
            case io.holdfast.wire.store.v1.Progress.PROGRESS_OWED_VALUE -> Progress.OWED;
            case io.holdfast.wire.store.v1.Progress.PROGRESS_DONE_VALUE -> Progress.DONE;
            case io.holdfast.wire.store.v1.Progress.PROGRESS_FAILED_VALUE -> Progress.FAILED;
            case io.holdfast.wire.store.v1.Progress.PROGRESS_ABANDONED_VALUE -> Progress.ABANDONED;
            default -> throw unknown("progress", number);
        };
    }

    private static InvalidProtocolBufferException unknown(String what, int number) {
        return new InvalidProtocolBufferException(what + " " + number + " is unknown to this build");
    }

    private static Transaction present(@Nullable Transaction transaction) throws InvalidProtocolBufferException {
        if (transaction == null) {
            throw new InvalidProtocolBufferException("the transaction is missing");
        }
        return transaction;
    }
}
