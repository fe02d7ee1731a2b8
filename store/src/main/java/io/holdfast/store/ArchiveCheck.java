package io.holdfast.store;

import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.engine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * Whether the archive holds every transaction that finished up to the cut and is not forgotten, each at its position, and finds
 * each by its gid.
 * <p>
 * Positions count over all outcomes. Which outcome a missing one had nobody knows, so it may be missing if any outcome is
 * forgotten that far. What finished after the cut may be there too, and goes when a server starts.
 */
final class ArchiveCheck {

    private static final int TELL_EVERY = 4_096;

    private final Cut.Header header;
    private final RowChecks rows;
    private final Findings findings;
    private final Map<Family, Long> keptFrom = new EnumMap<>(Family.class);
    private long next;
    private long mayBeMissingBefore;
    private long looked;
    private long found;

    ArchiveCheck(Cut.Header header, RowChecks rows) {
        this.header = header;
        this.rows = rows;
        this.findings = rows.findings;
    }

    /** @param kept is given, in the order of finishing, what the core of the cut keeps */
    void run(Consumer<Finished> kept) throws StorageException {
        long forgotten = Long.MAX_VALUE;
        for (Family family : Family.OUTCOMES) {
            long from = Archive.keptFrom(family, header.finishedOrdinals(), rows.db, rows.sealed, rows.errors);
            keptFrom.put(family, from);
            forgotten = Math.min(forgotten, from);
            mayBeMissingBefore = Math.max(mayBeMissingBefore, from);
        }
        next = forgotten;
        List<Cursor> cursors = new ArrayList<>();
        try {
            for (Family family : Family.OUTCOMES) {
                cursors.add(new Cursor(family));
            }
            for (Cursor cursor = earliest(cursors); cursor != null; cursor = earliest(cursors)) {
                look(cursor, kept);
                if (++looked % TELL_EVERY == 0) {
                    findings.looking("archived transactions", looked);
                }
            }
        } finally {
            cursors.forEach(Cursor::close);
        }
        goneBefore(header.finishedOrdinals());
        findings.looked("archived transactions", looked);
        checkPlaces();
    }

    private static @Nullable Cursor earliest(List<Cursor> cursors) {
        Cursor earliest = null;
        for (Cursor cursor : cursors) {
            if (cursor.peek() != null && (earliest == null || cursor.ordinal() < earliest.ordinal())) {
                earliest = cursor;
            }
        }
        return earliest;
    }

    private void look(Cursor cursor, Consumer<Finished> kept) throws StorageException {
        Finished row = Objects.requireNonNull(cursor.peek());
        long ordinal = row.finishedOrdinal();
        boolean isForgotten = ordinal < Objects.requireNonNull(keptFrom.get(cursor.family));
        if (ordinal < header.finishedOrdinals() && !isForgotten) {
            if (ordinal < next) {
                findings.damaged(cursor.name() + ": another outcome holds the position " + ordinal + " too");
            } else {
                goneBefore(ordinal);
                next = ordinal + 1;
            }
            checkPlaces(cursor, row);
            if (ordinal >= LastCut.keptFrom(header)) {
                kept.accept(row);
            }
        }
        cursor.index++;
    }

    private void goneBefore(long ordinal) {
        if (next < ordinal && ordinal > mayBeMissingBefore) {
            findings.damaged("the archive lacks the transactions that finished at the positions "
                    + Math.max(next, mayBeMissingBefore) + " to " + (ordinal - 1));
        }
    }

    private void checkPlaces(Cursor cursor, Finished row) throws StorageException {
        checkPlace(cursor, Keys.gid(row.transaction().gid()));
        String businessKey = Archive.businessKey(row);
        if (!businessKey.isEmpty()) {
            checkPlace(cursor, Keys.businessKey(businessKey));
        }
    }

    private void checkPlace(Cursor cursor, byte[] key) throws StorageException {
        byte[] place = rows.db.get(Family.GIDS, key);
        byte[] due = ByteBuffer.allocate(Archive.PLACE_BYTES).put((byte) cursor.family.outcomeNumber())
                .putLong(Objects.requireNonNull(cursor.chunk).first()).put((byte) cursor.index).array();
        if (Arrays.equals(place, due)) {
            found++;
        } else {
            findings.damaged(RowChecks.nameOf(Family.GIDS, key) + ": "
                    + (place == null
                            ? "it is missing"
                            : "it leads to "
                                    + place(place))
                    + "; the transaction is at " + place(due));
        }
    }

    private static String place(byte[] place) {
        if (place.length != Archive.PLACE_BYTES || place[0] < 0 || place[0] >= Family.OUTCOMES.size()) {
            return "no place";
        }
        return Family.OUTCOMES.get(place[0]).storedName() + " at " + ByteBuffer.wrap(place).getLong(1) + ", row "
                + place[Archive.PLACE_BYTES - 1];
    }

    /** Each row that was found has one place for its gid, and one for its business key. If there are more places than that, some lead to nothing. */
    private void checkPlaces() throws StorageException {
        long[] places = {0};
        rows.forEach(Family.GIDS, (key, value) -> {
            if (value.length != Archive.PLACE_BYTES || value[0] < 0 || value[0] >= Family.OUTCOMES.size()) {
                findings.damaged(RowChecks.nameOf(Family.GIDS, key) + ": it holds no place");
            } else if (isUpToTheCut(value)) {
                places[0]++;
            }
        });
        if (places[0] != found) {
            rows.forEach(Family.GIDS, this::checkLeadsSomewhere);
        }
    }

    /** Others may be left from a process that was killed, until the log brings their transactions again. */
    private boolean isUpToTheCut(byte[] place) {
        return ByteBuffer.wrap(place).getLong(1) < header.finishedOrdinals();
    }

    private void checkLeadsSomewhere(byte[] named, byte[] place) throws StorageException {
        if (place.length != Archive.PLACE_BYTES || place[0] < 0 || place[0] >= Family.OUTCOMES.size()
                || !isUpToTheCut(place)) {
            return;
        }
        Family family = Family.OUTCOMES.get(place[0]);
        byte[] key = Arrays.copyOfRange(place, 1, Archive.PLACE_BYTES - 1);
        byte[] value = rows.db.get(family, key);
        Finished row = value == null
                ? null
                : Chunk.of(family, key, value, rows.sealed, rows.errors).row(place[Archive.PLACE_BYTES - 1],
                        rows.decoder,
                        rows.errors);
        if (row == null || !Arrays.equals(Keys.gid(row.transaction().gid()), named)
                && !Arrays.equals(Keys.businessKey(Archive.businessKey(row)), named)) {
            findings.damaged(RowChecks.nameOf(Family.GIDS, named) + ": it leads to " + place(place)
                    + ", where this is not");
        }
    }

    /** The rows of one outcome, in order. A chunk that is damaged is reported and passed over. */
    private final class Cursor {

        private final Family family;
        private final RocksIterator iterator;
        private @Nullable Chunk chunk;
        private List<Finished> ofChunk = List.of();
        private int index;

        Cursor(Family family) {
            this.family = family;
            iterator = rows.db.iterator(family);
            iterator.seekToFirst();
            if (!iterator.isValid()) {
                rows.endOf(iterator, family);
            }
        }

        @Nullable
        Finished peek() {
            while (index == ofChunk.size() && iterator.isValid()) {
                try {
                    Chunk read = Chunk.of(family, iterator.key(), iterator.value(), rows.sealed, rows.errors);
                    ofChunk = read.rows(rows.decoder, rows.errors);
                    chunk = read;
                    index = 0;
                } catch (StorageException e) {
                    findings.damaged(RowChecks.nameOf(family, iterator.key()) + ": " + e.getMessage());
                }
                iterator.next();
                if (!iterator.isValid()) {
                    rows.endOf(iterator, family);
                }
            }
            return index < ofChunk.size() ? ofChunk.get(index) : null;
        }

        long ordinal() {
            return ofChunk.get(index).finishedOrdinal();
        }

        String name() {
            return RowChecks.nameOf(family, Objects.requireNonNull(chunk).key());
        }

        void close() {
            iterator.close();
        }
    }
}
