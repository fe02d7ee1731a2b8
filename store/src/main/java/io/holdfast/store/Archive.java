package io.holdfast.store;

import io.holdfast.core.Finished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.Store.FinishedVisitor;
import io.holdfast.engine.codec.StoredDecoder;
import io.holdfast.engine.codec.StoredEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * The finished transactions. Not thread-safe.
 * <p>
 * Each outcome has its own sequence of chunks. The rows of the last, unfinished chunk of each stay in the heap until it is full
 * or a cut comes: until then the log has them. What is forgotten is a position for each outcome, below which nothing is read;
 * the files go when a cut has made that durable. So neither adding nor forgetting ever rewrites a file.
 * <p>
 * A gid comes once as long as the archive holds it: whoever begins a transaction has looked here first.
 */
final class Archive {

    static final int PLACE_BYTES = 1 + Long.BYTES + 1;

    private final Database db;
    private final StoreErrors errors;
    private final StoredEncoder encoder;
    private final Sealed sealed;
    private final StoredDecoder decoder = new StoredDecoder();
    private final BatchBuffer batch = new BatchBuffer();
    private final Map<Family, Outcome> outcomes = new EnumMap<>(Family.class);
    private final Map<String, Finished> openByGid = new HashMap<>();
    /** Only those that have one. */
    private final Map<String, Finished> openByBusinessKey = new HashMap<>();
    private final byte[] place = new byte[PLACE_BYTES];
    private long nextOrdinal;

    Archive(Database db, StoreErrors errors, StoredEncoder encoder, Sealed sealed) {
        this.db = db;
        this.errors = errors;
        this.encoder = encoder;
        this.sealed = sealed;
        for (Family family : Family.OUTCOMES) {
            outcomes.put(family, new Outcome());
        }
    }

    /** What the heap knows of one outcome. */
    private static final class Outcome {
        /** In order of finishing; not in the database yet. */
        final List<Finished> open = new ArrayList<>(Chunk.MAX_ROWS);
        /** Everything before this position is forgotten. */
        long keptFrom;
        /** As {@link #keptFrom}, when files were dropped last. */
        long droppedBefore;
    }

    /** Goes back to the last cut: drops whatever finished later, which comes again from the log. */
    void recover(long finishedOrdinals) throws StorageException {
        nextOrdinal = finishedOrdinals;
        for (Family family : Family.OUTCOMES) {
            Outcome outcome = outcome(family);
            outcome.keptFrom = keptFrom(family, finishedOrdinals, db, sealed, errors);
            db.deleteFrom(family, Keys.ordinal(finishedOrdinals));
            trimLast(family, finishedOrdinals);
        }
    }

    /** Below which position an outcome is forgotten; 0 if nothing is. */
    static long keptFrom(Family family, long finishedOrdinals, Database db, Sealed sealed, StoreErrors errors)
            throws StorageException {
        byte[] key = Keys.keptFrom(family);
        byte[] value = db.get(Family.META, key);
        if (value == null) {
            return 0;
        }
        if (value.length != Sealed.CRC_BYTES + Long.BYTES || !sealed.isWhole(key, value, value.length)) {
            throw errors.damaged("how far " + family.storedName() + " is forgotten has a wrong checksum");
        }
        long keptFrom = ByteBuffer.wrap(value).getLong(Sealed.CRC_BYTES);
        if (keptFrom < 0 || keptFrom > finishedOrdinals) {
            throw errors.damaged(family.storedName() + " is forgotten up to " + keptFrom + " of " + finishedOrdinals);
        }
        return keptFrom;
    }

    /** A chunk goes beyond the cut if the archive was ahead of it: its rows up to there stay. */
    private void trimLast(Family family, long finishedOrdinals) throws StorageException {
        Chunk last = chunkAtOrBefore(family, finishedOrdinals);
        if (last == null || last.last() < finishedOrdinals) {
            return;
        }
        List<Finished> rows = last.rows(decoder, errors).stream()
                .filter(row -> row.finishedOrdinal() < finishedOrdinals)
                .toList();
        putChunk(family, rows);
        db.write(batch);
    }

    /** Position of the next one to finish. */
    long nextOrdinal() {
        return nextOrdinal;
    }

    void add(List<Finished> finished) throws StorageException {
        for (int i = 0; i < finished.size(); i++) {
            Finished row = finished.get(i);
            if (row.finishedOrdinal() != nextOrdinal) {
                throw new IllegalStateException("finished " + row.transaction().gid() + " has the position "
                        + row.finishedOrdinal() + "; the archive waits for " + nextOrdinal);
            }
            nextOrdinal++;
            Family family = Family.of(row.transaction().state());
            List<Finished> open = outcome(family).open;
            open.add(row);
            openByGid.put(row.transaction().gid(), row);
            String businessKey = businessKey(row);
            if (!businessKey.isEmpty()) {
                openByBusinessKey.put(businessKey, row);
            }
            if (open.size() == Chunk.MAX_ROWS) {
                seal(family);
            }
        }
        writeSealed();
    }

    /** Puts every row into the database. */
    void sealAll() throws StorageException {
        for (Family family : Family.OUTCOMES) {
            if (!outcome(family).open.isEmpty()) {
                seal(family);
            }
        }
        writeSealed();
    }

    private void seal(Family family) {
        List<Finished> open = outcome(family).open;
        putChunk(family, open);
        for (int i = 0; i < open.size(); i++) {
            openByGid.remove(open.get(i).transaction().gid());
            openByBusinessKey.remove(businessKey(open.get(i)));
        }
        open.clear();
    }

    private void writeSealed() throws StorageException {
        if (!batch.isEmpty()) {
            db.write(batch);
        }
    }

    private void putChunk(Family family, List<Finished> rows) {
        long first = rows.getFirst().finishedOrdinal();
        byte[] key = Keys.ordinal(first);
        Chunk.encode(key, rows, encoder, sealed);
        batch.put(db.id(family), key, encoder.bytes(), encoder.size());
        ByteBuffer.wrap(place).put((byte) family.outcomeNumber()).putLong(first);
        for (int i = 0; i < rows.size(); i++) {
            place[PLACE_BYTES - 1] = (byte) i;
            batch.put(db.id(Family.GIDS), Keys.gid(rows.get(i).transaction().gid()), place, PLACE_BYTES);
            String businessKey = businessKey(rows.get(i));
            if (!businessKey.isEmpty()) {
                batch.put(db.id(Family.GIDS), Keys.businessKey(businessKey), place, PLACE_BYTES);
            }
        }
    }

    /** Empty if it has none. */
    static String businessKey(Finished row) {
        return row.transaction().terms().attributes().businessKey();
    }

    @Nullable
    Finished find(String gid) throws StorageException {
        Finished open = openByGid.get(gid);
        if (open != null) {
            return open;
        }
        Finished row = at(Keys.gid(gid), "gid " + gid);
        return row != null && row.transaction().gid().equals(gid) ? row : null;
    }

    @Nullable
    Finished findByBusinessKey(String businessKey) throws StorageException {
        Finished open = openByBusinessKey.get(businessKey);
        if (open != null) {
            return open;
        }
        Finished row = at(Keys.businessKey(businessKey), "business key " + businessKey);
        return row != null && businessKey(row).equals(businessKey) ? row : null;
    }

    /** The row at the place that a key names. The place may outlive its row, and name another: whoever asks compares. */
    private @Nullable Finished at(byte[] key, String name) throws StorageException {
        byte[] found = db.get(Family.GIDS, key);
        if (found == null) {
            return null;
        }
        if (found.length != PLACE_BYTES || found[0] < 0 || found[0] >= Family.OUTCOMES.size()) {
            throw errors.damaged("the place of " + name + " is none");
        }
        Family family = Family.OUTCOMES.get(found[0]);
        Chunk chunk = chunk(family, Arrays.copyOfRange(found, 1, PLACE_BYTES - 1));
        Finished row = chunk == null ? null : chunk.row(found[PLACE_BYTES - 1], decoder, errors);
        // A place that was written after the last cut may outlive its row, until the log brings the row again.
        return row != null && row.finishedOrdinal() >= outcome(family).keptFrom ? row : null;
    }

    private @Nullable Chunk chunk(Family family, byte[] key) throws StorageException {
        byte[] value = db.get(family, key);
        return value == null ? null : Chunk.of(family, key, value, sealed, errors);
    }

    /** The chunk that holds the position, if any does, else the one before it. */
    private @Nullable Chunk chunkAtOrBefore(Family family, long ordinal) throws StorageException {
        try (RocksIterator iterator = db.iterator(family)) {
            iterator.seekForPrev(Keys.ordinal(ordinal));
            return current(iterator, family);
        }
    }

    private @Nullable Chunk current(RocksIterator iterator, Family family) throws StorageException {
        if (!iterator.isValid()) {
            db.check(iterator, family);
            return null;
        }
        return Chunk.of(family, iterator.key(), iterator.value(), sealed, errors);
    }

    /** Visits all outcomes together in the order of finishing. */
    void scan(long fromOrdinal, FinishedVisitor visitor) throws StorageException {
        List<Rows> sources = new ArrayList<>();
        try {
            for (Family family : Family.OUTCOMES) {
                sources.add(new Rows(family, fromOrdinal));
            }
            for (Rows next = earliest(sources); next != null; next = earliest(sources)) {
                if (!visitor.visit(next.take())) {
                    return;
                }
            }
        } finally {
            sources.forEach(Rows::close);
        }
    }

    private static @Nullable Rows earliest(List<Rows> sources) throws StorageException {
        Rows earliest = null;
        for (Rows source : sources) {
            Finished row = source.peek();
            if (row != null && (earliest == null
                    || row.finishedOrdinal() < Objects.requireNonNull(earliest.peek()).finishedOrdinal())) {
                earliest = source;
            }
        }
        return earliest;
    }

    /** The rows of one outcome from a position on: those in the database, then those in the heap. */
    private final class Rows {

        private final Family family;
        private final long from;
        private final RocksIterator iterator;
        private List<Finished> rows = List.of();
        private int index;
        private boolean inHeap;

        Rows(Family family, long fromOrdinal) throws StorageException {
            this.family = family;
            from = Math.max(fromOrdinal, outcome(family).keptFrom);
            iterator = chunksFrom(family, from);
        }

        @Nullable
        Finished peek() throws StorageException {
            while (true) {
                while (index < rows.size() && rows.get(index).finishedOrdinal() < from) {
                    index++;
                }
                if (index < rows.size()) {
                    return rows.get(index);
                }
                if (inHeap) {
                    return null;
                }
                nextRows();
            }
        }

        private void nextRows() throws StorageException {
            index = 0;
            Chunk chunk = current(iterator, family);
            if (chunk == null) {
                rows = List.copyOf(outcome(family).open);
                inHeap = true;
            } else {
                rows = chunk.rows(decoder, errors);
                iterator.next();
            }
        }

        Finished take() {
            return rows.get(index++);
        }

        void close() {
            iterator.close();
        }
    }

    /** At the chunk that may hold the position, or else at the one after it. The caller closes it. */
    private RocksIterator chunksFrom(Family family, long ordinal) throws StorageException {
        byte[] key = Keys.ordinal(ordinal);
        RocksIterator iterator = db.iterator(family);
        iterator.seekForPrev(key);
        if (!iterator.isValid()) {
            try {
                // The next step would forget that this one failed, and with it the chunk that could not be read.
                db.check(iterator, family);
            } catch (StorageException e) {
                iterator.close();
                throw e;
            }
            iterator.seek(key);
        }
        return iterator;
    }

    /** Forgets rows of one outcome as {@link io.holdfast.engine.Store#expire} says. */
    int expire(Family family, long finishedBeforeWallMillis, long keepFromOrdinal, int max) throws StorageException {
        Outcome outcome = outcome(family);
        int forgotten = 0;
        try (RocksIterator iterator = chunksFrom(family, outcome.keptFrom)) {
            boolean more = true;
            for (Chunk chunk = current(iterator, family); chunk != null && more; chunk = current(iterator, family)) {
                for (Finished row : chunk.rows(decoder, errors)) {
                    if (row.finishedOrdinal() < outcome.keptFrom) {
                        continue;
                    }
                    more = forgotten < max && row.finishedOrdinal() < keepFromOrdinal
                            && row.transaction().finishedWallMillis() < finishedBeforeWallMillis;
                    if (!more) {
                        break;
                    }
                    batch.delete(db.id(Family.GIDS), Keys.gid(row.transaction().gid()));
                    String businessKey = businessKey(row);
                    if (!businessKey.isEmpty()) {
                        batch.delete(db.id(Family.GIDS), Keys.businessKey(businessKey));
                    }
                    outcome.keptFrom = row.finishedOrdinal() + 1;
                    forgotten++;
                }
                iterator.next();
            }
        }
        if (forgotten > 0) {
            writeKeptFrom(family, outcome.keptFrom);
        }
        return forgotten;
    }

    /** With the deletions of the gids in one batch: either both survive a crash or none. */
    private void writeKeptFrom(Family family, long keptFrom) throws StorageException {
        byte[] key = Keys.keptFrom(family);
        byte[] value = sealed.sealed(key, Keys.ordinal(keptFrom));
        batch.put(db.id(Family.META), key, value, value.length);
        db.write(batch);
    }

    /** Gives back the files of what is forgotten; only after a cut has made it durable that it is. */
    void dropForgotten() throws StorageException {
        for (Family family : Family.OUTCOMES) {
            Outcome outcome = outcome(family);
            if (outcome.droppedBefore < outcome.keptFrom) {
                Chunk chunk = chunkAtOrBefore(family, outcome.keptFrom);
                // The chunk with the first row that stays, stays as a whole.
                long before = chunk == null || chunk.last() < outcome.keptFrom ? outcome.keptFrom : chunk.first();
                db.dropFiles(family, Keys.ordinal(0), Keys.ordinal(before));
                outcome.droppedBefore = outcome.keptFrom;
            }
        }
    }

    private Outcome outcome(Family family) {
        return Objects.requireNonNull(outcomes.get(family));
    }
}
