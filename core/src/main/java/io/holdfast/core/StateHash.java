package io.holdfast.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** SHA-256 over the state, field by field, transactions in the order of the UTF-8 bytes of their gids. */
final class StateHash {

    private final MessageDigest digest;
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

    private StateHash(MessageDigest digest) {
        this.digest = digest;
    }

    static String of(Core core, Ledger ledger) {
        try {
            StateHash hash = new StateHash(MessageDigest.getInstance("SHA-256"));
            hash.core(core, ledger);
            return HexFormat.of().formatHex(hash.digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void core(Core core, Ledger ledger) {
        put(core.sequence());
        put(core.nowMillis());
        put(core.bootNumber());
        put(core.activeVersion());
        put(ledger.createdOrdinals());
        put(ledger.finishedOrdinals());
        put(core.unfinished());
        put(core.finishedKept());
        put(core.liveBytes());
        put(core.evictedThrough());
        Limits limits = core.limits();
        put(limits.maxUnfinished());
        put(limits.maxLiveBytes());
        put(limits.maxBranches());
        put(limits.maxFinished());
        List<String> gids = ledger.gids();
        gids.sort(Utf8Order::compare);
        for (String gid : gids) {
            live(Objects.requireNonNull(ledger.live(gid)));
        }
    }

    private void live(Live live) {
        put(live.ordinal);
        put(live.finishedOrdinal);
        put(live.finishedSequence);
        transaction(live.now);
    }

    private void transaction(Transaction transaction) {
        terms(transaction.terms());
        put(transaction.state());
        put(transaction.reason());
        put(transaction.updatedWallMillis());
        put(transaction.decidedWallMillis());
        put(transaction.finishedWallMillis());
        put(transaction.progressAtMillis());
        put(transaction.failedAttempts());
        put(transaction.paused());
        put(transaction.attention());
        put(transaction.heartbeatAtMillis());
        put(transaction.branches().size());
        transaction.branches().forEach(this::branch);
        put(transaction.audit().size());
        for (Transaction.Audit line : transaction.audit()) {
            put(line.wallMillis());
            put(line.action());
            put(line.actor());
            put(line.reason());
            put(line.stateBefore());
        }
    }

    private void terms(Terms terms) {
        put(terms.gid());
        put(terms.mode());
        put(terms.createdSequence());
        put(terms.createdWallMillis());
        put(terms.deadlineMillis());
        put(terms.deadlineAtMillis());
        CallPolicy policy = terms.policy();
        put(policy.requestTimeoutMillis());
        put(policy.retryBaseMillis());
        put(policy.retryCapMillis());
        put(policy.ongoingMillis());
        put(policy.retryLimit());
        put(terms.order().concurrent() ? 1 : 0);
        put(terms.order().predecessors().size());
        for (List<Integer> predecessors : terms.order().predecessors()) {
            put(predecessors.size());
            predecessors.forEach(this::put);
        }
        Attributes attributes = terms.attributes();
        put(attributes.wire());
        put(attributes.traceparent());
        put(attributes.businessKey());
        put(attributes.customData());
        put(attributes.waitResult() ? 1 : 0);
        put(attributes.headers().size());
        for (Attributes.Header header : attributes.headers()) {
            put(header.name());
            put(header.value());
        }
        put(attributes.labels().size());
        for (Attributes.Label label : attributes.labels()) {
            put(label.name());
            put(label.value());
        }
    }

    private void branch(Branch branch) {
        put(branch.branchId());
        put(branch.forwardUrl());
        put(branch.backwardUrl());
        put(branch.payloadBytes());
        put(branch.payloadCrc32c());
        put(branch.tryResultBytes());
        put(branch.forward());
        put(branch.backward());
        put(branch.alreadyDone() ? 1 : 0);
        put(branch.lastError());
        put(branch.forwardDoneWallMillis());
        put(branch.backwardDoneWallMillis());
    }

    private void put(long value) {
        number.clear();
        number.putLong(value).flip();
        digest.update(number);
    }

    private void put(Enum<?> value) {
        put(value.name());
    }

    private void put(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        put(bytes.length);
        digest.update(bytes);
    }
}
