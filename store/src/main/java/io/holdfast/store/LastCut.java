package io.holdfast.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Cut;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.StoredDecoder;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a database says of itself: whose it is, and how far. */
final class LastCut {

    private LastCut() {
    }

    /**
     * The header of the last cut; null if there was none.
     *
     * @param file what lies beside the database
     * @throws StorageException if the database is another one, or is not as far as the file says
     */
    static Cut.@Nullable Header of(Database db, StoreFile file, Path directory, StoreErrors errors)
            throws StorageException {
        Sealed sealed = new Sealed();
        byte[] id = db.get(Family.META, Keys.STORE_ID);
        if (!Arrays.equals(id, sealed.sealed(Keys.STORE_ID, Keys.ordinal(file.storeId())))) {
            throw errors.damaged(db.described() + " is not the one that " + directory.resolve(StoreFile.NAME)
                    + " was written for");
        }
        Cut.Header last = read(db, sealed, errors);
        long reached = last == null ? 0 : last.sequence();
        if (reached < file.cut()) {
            throw errors.damaged(db.described() + " is at cut " + reached + ", but "
                    + directory.resolve(StoreFile.NAME) + " says that it had reached " + file.cut());
        }
        return last;
    }

    private static Cut.@Nullable Header read(Database db, Sealed sealed, StoreErrors errors) throws StorageException {
        byte[] value = db.get(Family.META, Keys.CUT);
        if (value == null) {
            return null;
        }
        if (!sealed.isWhole(Keys.CUT, value, value.length)) {
            throw errors.damaged("the header of the cut has a wrong checksum");
        }
        try {
            return new StoredDecoder().header(value, Sealed.CRC_BYTES, value.length - Sealed.CRC_BYTES);
        } catch (InvalidProtocolBufferException | IllegalStateException e) {
            throw errors.damaged("the header of the cut", e);
        }
    }

    /** The position in the order of finishing from which on the core of a cut keeps transactions. */
    static long keptFrom(Cut.Header header) {
        return header.finishedOrdinals() - header.finishedKept();
    }
}
