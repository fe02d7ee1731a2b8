package io.holdfast.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.StoredDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/** Looks at rows one by one, and names them. */
final class RowChecks {

    private static final int TELL_EVERY = 4_096;

    final Database db;
    final StoreErrors errors;
    final Findings findings;
    final Sealed sealed = new Sealed();
    final StoredDecoder decoder = new StoredDecoder();

    RowChecks(Database db, StoreErrors errors, Findings findings) {
        this.db = db;
        this.errors = errors;
        this.findings = findings;
    }

    interface Row {
        void look(byte[] key, byte[] value) throws StorageException;
    }

    /** Visits all rows of a family. One that is damaged is reported, and the next one visited. */
    void forEach(Family family, Row row) throws StorageException {
        long count = 0;
        try (RocksIterator iterator = db.iterator(family)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                try {
                    row.look(iterator.key(), iterator.value());
                } catch (StorageException e) {
                    findings.damaged(nameOf(family, iterator.key()) + ": " + e.getMessage());
                }
                if (++count % TELL_EVERY == 0) {
                    findings.looking("rows of " + family.storedName(), count);
                }
            }
            endOf(iterator, family);
        }
        findings.looked("rows of " + family.storedName(), count);
    }

    /** A block that cannot be read ends an iteration; what comes after it has not been looked at. */
    void endOf(RocksIterator iterator, Family family) {
        try {
            db.check(iterator, family);
        } catch (StorageException e) {
            findings.damaged(family.storedName() + " cannot be read to its end: " + e.getMessage());
        }
    }

    /** Before the first cut there is the id, and nothing else. */
    void nothingIsThere() throws StorageException {
        for (Family family : Family.values()) {
            forEach(family, (key, value) -> {
                if (family == Family.META && !Arrays.equals(key, Keys.STORE_ID)) {
                    findings.damaged(nameOf(family, key) + ": there was no cut yet that could have written it");
                }
            });
        }
    }

    /** @return whether the checksum of the row is right; if not it has been reported */
    boolean isWhole(Family family, byte[] key, byte[] value) {
        if (sealed.isWhole(key, value, value.length)) {
            return true;
        }
        findings.damaged(nameOf(family, key) + ": its checksum is wrong");
        return false;
    }

    /** What the core keeps beside transactions. */
    void meta() throws StorageException {
        Set<String> known = new HashSet<>();
        known.add(new String(Keys.CUT, StandardCharsets.US_ASCII));
        known.add(new String(Keys.STORE_ID, StandardCharsets.US_ASCII));
        Family.OUTCOMES
                .forEach(outcome -> known.add(new String(Keys.keptFrom(outcome), StandardCharsets.US_ASCII)));
        forEach(Family.META, (key, value) -> {
            if (isWhole(Family.META, key, value) && !known.contains(new String(key, StandardCharsets.ISO_8859_1))) {
                findings.damaged(nameOf(Family.META, key) + ": no version of a store writes such a key");
            }
        });
    }

    /** An unfinished transaction; null if the row is damaged, which has been reported. */
    @Nullable
    Unfinished unfinished(byte[] key, byte[] value) {
        if (!isWhole(Family.LIVE, key, value)) {
            return null;
        }
        try {
            Unfinished row = decoder.unfinished(value, Sealed.CRC_BYTES, value.length - Sealed.CRC_BYTES);
            if (key.length == Long.BYTES && row.ordinal() == Keys.ordinal(key)) {
                return row;
            }
            findings.damaged(nameOf(Family.LIVE, key) + ": it says that it is at " + row.ordinal());
        } catch (InvalidProtocolBufferException e) {
            findings.damaged(nameOf(Family.LIVE, key) + ": it cannot be read: " + e.getMessage());
        }
        return null;
    }

    /** For example {@code live, key 0000000000000007 (position 7)}. */
    static String nameOf(Family family, byte[] key) {
        String readable = switch (family) {
            case META, GIDS -> printable(key);
            case LIVE, CONFIRMED, CANCELLED, SETTLED_BY_HAND -> key.length == Long.BYTES
                    ? "position " + Keys.ordinal(key)
                    : "no position";
            case BODIES -> BodyKey.of(key) instanceof BodyKey body ? body.toString() : printable(key);
        };
        return family.storedName() + ", key " + HexFormat.of().formatHex(key) + " (" + readable + ")";
    }

    private static String printable(byte[] key) {
        StringBuilder to = new StringBuilder();
        new String(key, StandardCharsets.UTF_8).codePoints()
                .forEach(c -> to.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return to.toString();
    }
}
