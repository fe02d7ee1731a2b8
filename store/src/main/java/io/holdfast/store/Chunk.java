package io.holdfast.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Finished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.StoredDecoder;
import io.holdfast.engine.codec.StoredEncoder;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some finished transactions of one outcome as one value: checksum (4 bytes), count (4), position of the last one in the order
 * of finishing (8), latest wall time of an end (8), all big-endian, then a message {@code FinishedChunk}.
 * <p>
 * One value for many rows, because the price of a key in RocksDB is many times that of its bytes.
 */
record Chunk(Family outcome, byte[] key, byte[] value) {

    /** Rows of a full chunk: as much as one block holds, so that a look-up unpacks no more than one. */
    static final int MAX_ROWS = 128;

    private static final int COUNT_AT = Sealed.CRC_BYTES;
    private static final int LAST_AT = COUNT_AT + Integer.BYTES;
    private static final int LATEST_END_AT = LAST_AT + Long.BYTES;
    private static final int HEADER_BYTES = LATEST_END_AT + Long.BYTES;

    /** Writes the rows into {@code encoder}, whose bytes then are the value. */
    static void encode(byte[] key, List<Finished> rows, StoredEncoder encoder, Sealed sealed) {
        encoder.reset(HEADER_BYTES);
        long latestEnd = Long.MIN_VALUE;
        for (int i = 0; i < rows.size(); i++) {
            Finished row = rows.get(i);
            encoder.finished(row);
            latestEnd = Math.max(latestEnd, row.transaction().finishedWallMillis());
        }
        ByteBuffer.wrap(encoder.bytes()).putInt(COUNT_AT, rows.size())
                .putLong(LAST_AT, rows.getLast().finishedOrdinal()).putLong(LATEST_END_AT, latestEnd);
        sealed.seal(key, encoder.bytes(), encoder.size());
    }

    /** Checks the checksum before anybody believes a byte. */
    static Chunk of(Family outcome, byte[] key, byte[] value, Sealed sealed, StoreErrors errors)
            throws StorageException {
        if (key.length != Long.BYTES || value.length < HEADER_BYTES || !sealed.isWhole(key, value, value.length)) {
            throw errors.damaged(name(outcome, key) + " has a wrong checksum");
        }
        return new Chunk(outcome, key, value);
    }

    long first() {
        return Keys.ordinal(key);
    }

    long last() {
        return ByteBuffer.wrap(value).getLong(LAST_AT);
    }

    long latestEndMillis() {
        return ByteBuffer.wrap(value).getLong(LATEST_END_AT);
    }

    /** All rows, with everything checked that the header says about them. */
    List<Finished> rows(StoredDecoder decoder, StoreErrors errors) throws StorageException {
        List<Finished> rows;
        try {
            rows = decoder.chunk(value, HEADER_BYTES, value.length - HEADER_BYTES);
        } catch (InvalidProtocolBufferException e) {
            throw errors.damaged(name(outcome, key), e);
        }
        check(rows, errors);
        return rows;
    }

    private void check(List<Finished> rows, StoreErrors errors) throws StorageException {
        long next = first();
        long latestEnd = Long.MIN_VALUE;
        for (Finished row : rows) {
            if (row.finishedOrdinal() < next || !row.transaction().state().isFinished()
                    || Family.of(row.transaction().state()) != outcome) {
                throw errors.damaged(name(outcome, key) + " holds " + row.transaction().gid() + " at "
                        + row.finishedOrdinal() + " with state " + row.transaction().state());
            }
            next = row.finishedOrdinal() + 1;
            latestEnd = Math.max(latestEnd, row.transaction().finishedWallMillis());
        }
        if (rows.isEmpty() || rows.getFirst().finishedOrdinal() != first() || next != last() + 1
                || rows.size() != ByteBuffer.wrap(value).getInt(COUNT_AT) || latestEnd != latestEndMillis()) {
            throw errors.damaged(name(outcome, key) + " does not hold what its header says");
        }
    }

    /** One row; null if there are not so many. */
    @Nullable
    Finished row(int index, StoredDecoder decoder, StoreErrors errors) throws StorageException {
        try {
            return decoder.inChunk(value, HEADER_BYTES, value.length - HEADER_BYTES, index);
        } catch (InvalidProtocolBufferException e) {
            throw errors.damaged(name(outcome, key), e);
        }
    }

    private static String name(Family outcome, byte[] key) {
        return outcome.storedName() + " at "
                + (key.length == Long.BYTES ? Keys.ordinal(key) : "a key of " + key.length + " bytes");
    }
}
