package io.holdfast.store;

import io.holdfast.core.Branch;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Transaction;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Whether what a cut holds is one state: the counts of its header, unfinished transactions, their bodies, the archive. */
final class CutCheck {

    private final Cut.Header header;
    private final RowChecks rows;
    private final Findings findings;
    private final Core.Restoration restoration;
    private final CRC32C crc = new CRC32C();
    private long unfinished;
    private boolean isRestorable = true;
    private long bodiesDue;
    private long bodiesFound;

    CutCheck(Cut.Header header, RowChecks rows) {
        this.header = header;
        this.rows = rows;
        this.findings = rows.findings;
        this.restoration = Core.restore(header);
    }

    /** @return the core; null if it cannot be restored, which has been reported */
    @Nullable
    Core run() throws StorageException {
        rows.meta();
        rows.forEach(Family.LIVE, this::live);
        if (unfinished != header.createdOrdinals() - header.finishedOrdinals()) {
            findings.damaged("live has " + unfinished + " rows, but of " + header.createdOrdinals()
                    + " transactions created " + header.finishedOrdinals() + " have finished");
            isRestorable = false;
        }
        List<Finished> kept = new ArrayList<>();
        new ArchiveCheck(header, rows).run(kept::add);
        Core core = isRestorable ? restore(kept) : null;
        if (core == null) {
            rows.forEach(Family.BODIES, (key, value) -> rows.isWhole(Family.BODIES, key, value));
            return null;
        }
        rows.forEach(Family.BODIES, (key, value) -> body(core, key, value));
        if (bodiesFound != bodiesDue) {
            findMissing(core);
        }
        return core;
    }

    private void live(byte[] key, byte[] value) {
        Unfinished row = rows.unfinished(key, value);
        unfinished++;
        if (row == null) {
            isRestorable = false;
            return;
        }
        if (row.ordinal() >= header.createdOrdinals()) {
            findings.damaged(
                    RowChecks.nameOf(Family.LIVE, key) + ": only " + header.createdOrdinals() + " were created");
        }
        try {
            restoration.unfinished(row);
        } catch (IllegalStateException e) {
            findings.damaged(RowChecks.nameOf(Family.LIVE, key) + ": " + e.getMessage());
            isRestorable = false;
        }
        for (Branch branch : row.transaction().branches()) {
            bodiesDue += (branch.payloadBytes() > 0 ? 1 : 0) + (branch.tryResultBytes() > 0 ? 1 : 0);
        }
    }

    private @Nullable Core restore(List<Finished> kept) {
        try {
            kept.forEach(restoration::finished);
            return restoration.core();
        } catch (IllegalStateException e) {
            findings.damaged("the cut is not one state: " + e.getMessage());
            return null;
        }
    }

    private void body(Core core, byte[] key, byte[] value) {
        if (!rows.isWhole(Family.BODIES, key, value)) {
            return;
        }
        BodyKey body = BodyKey.of(key);
        Transaction transaction = body == null ? null : core.find(body.gid());
        if (body == null || transaction == null || transaction.state().isFinished()
                || body.branchIndex() >= transaction.branches().size() || body.branchIndex() < 0) {
            findings.damaged(RowChecks.nameOf(Family.BODIES, key) + ": no unfinished transaction has such a branch");
            return;
        }
        String wrong = contradiction(transaction.branches().get(body.branchIndex()), body, value);
        if (wrong != null) {
            findings.damaged(RowChecks.nameOf(Family.BODIES, key) + ": " + wrong);
        } else if (value.length > Sealed.CRC_BYTES) {
            bodiesFound++;
        }
    }

    private @Nullable String contradiction(Branch branch, BodyKey key, byte[] value) {
        int bytes = value.length - Sealed.CRC_BYTES;
        int due = switch (key.kind()) {
            case PAYLOAD -> branch.payloadBytes();
            case TRY_RESULT -> branch.tryResultBytes();
        };
        if (bytes != due) {
            return "it has " + bytes + " bytes, its branch says " + due;
        }
        crc.reset();
        crc.update(value, Sealed.CRC_BYTES, bytes);
        return switch (key.kind()) {
            case PAYLOAD ->
                (int) crc.getValue() == branch.payloadCrc32c() ? null : "it is not what its branch was given";
            // Its branch knows the size only; the checksum of the row was right.
            case TRY_RESULT -> null;
        };
    }

    private void findMissing(Core core) throws StorageException {
        List<Transaction> all = new ArrayList<>();
        core.forEach(0, (ordinal, transaction) -> transaction.state().isFinished() || all.add(transaction));
        for (Transaction transaction : all) {
            for (int i = 0; i < transaction.branches().size(); i++) {
                Branch branch = transaction.branches().get(i);
                require(transaction.gid(), i, BodyKind.PAYLOAD, branch.payloadBytes());
                require(transaction.gid(), i, BodyKind.TRY_RESULT, branch.tryResultBytes());
            }
        }
    }

    private void require(String gid, int branchIndex, BodyKind kind, int bytes) throws StorageException {
        byte[] key = Keys.body(gid, branchIndex, kind);
        if (bytes > 0 && rows.db.get(Family.BODIES, key) == null) {
            findings.damaged(RowChecks.nameOf(Family.BODIES, key) + ": it is missing");
        }
    }
}
