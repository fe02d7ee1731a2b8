package io.holdfast.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Unfinished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.codec.StoredDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * Reads the unfinished transactions of a cut. Reading and decoding a million of them takes longer than taking them in, so two
 * threads read a half each and the calling thread takes in, in no particular order.
 */
final class LiveRows {

    private static final int READERS = 2;
    private static final int BATCH_ROWS = 512;
    private static final int QUEUED_BATCHES = 16;

    private final Database db;
    private final StoreErrors errors;

    LiveRows(Database db, StoreErrors errors) {
        this.db = db;
        this.errors = errors;
    }

    /** What a reader hands over: rows, or the end, with the reason if it is not the natural one. */
    private sealed interface Read {
        record Rows(List<Unfinished> rows) implements Read {}

        record End(@Nullable Throwable failure) implements Read {}
    }

    /** Hands every row to the restoration; refuses if there are not as many as the cut says. */
    void restore(Core.Restoration restoration, Cut.Header header) throws StorageException {
        long unfinished = header.createdOrdinals() - header.finishedOrdinals();
        long found = 0;
        BlockingQueue<Read> queue = new ArrayBlockingQueue<>(QUEUED_BATCHES);
        List<Thread> readers = startReaders(queue, header.createdOrdinals());
        try {
            for (int running = READERS; running > 0;) {
                switch (queue.take()) {
                    case Read.Rows(List<Unfinished> rows) -> {
                        rows.forEach(restoration::unfinished);
                        found += rows.size();
                    }
                    case Read.End(Throwable failure) -> {
                        rethrow(failure);
                        running--;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.FAILED, "interrupted while reading the store", e);
        } finally {
            // The database must not be closed under a reader.
            end(readers);
        }
        if (found != unfinished) {
            throw errors.damaged(Family.LIVE.storedName() + " has " + found + " rows, but of "
                    + header.createdOrdinals() + " transactions created " + header.finishedOrdinals()
                    + " have finished");
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws StorageException {
        switch (failure) {
            case null -> {
            }
            case StorageException e -> throw e;
            case Throwable e -> throw new IllegalStateException("cannot read the store", e);
        }
    }

    private List<Thread> startReaders(BlockingQueue<Read> queue, long createdOrdinals) throws StorageException {
        long first = 0;
        try (RocksIterator iterator = db.iterator(Family.LIVE)) {
            iterator.seekToFirst();
            if (iterator.isValid() && iterator.key().length == Long.BYTES) {
                first = Keys.ordinal(iterator.key());
            }
            db.check(iterator, Family.LIVE);
        }
        long middle = first + (createdOrdinals - first) / 2;
        return List.of(start(queue, 0, middle), start(queue, middle, -1));
    }

    private Thread start(BlockingQueue<Read> queue, long from, long before) {
        return Thread.ofPlatform().daemon().name("holdfast-store-reader").start(() -> {
            try {
                queue.put(read(queue, from, before));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void end(List<Thread> readers) {
        boolean interrupted = false;
        for (Thread reader : readers) {
            reader.interrupt();
            while (reader.isAlive()) {
                try {
                    reader.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Read.End read(BlockingQueue<Read> queue, long from, long before) throws InterruptedException {
        try (RocksIterator iterator = db.iterator(Family.LIVE)) {
            Sealed sealed = new Sealed();
            StoredDecoder decoder = new StoredDecoder();
            byte[] key = new byte[Long.BYTES];
            byte[] value = new byte[1024];
            List<Unfinished> rows = new ArrayList<>(BATCH_ROWS);
            for (iterator.seek(Keys.ordinal(from)); iterator.isValid(); iterator.next()) {
                int keyBytes = iterator.key(key);
                if (keyBytes != Long.BYTES) {
                    throw errors.damaged("a key of " + Family.LIVE.storedName() + " has " + keyBytes + " bytes");
                }
                if (before >= 0 && Keys.ordinal(key) >= before) {
                    break;
                }
                int size = iterator.value(value);
                if (size > value.length) {
                    value = new byte[size * 2];
                    size = iterator.value(value);
                }
                rows.add(row(key, value, size, sealed, decoder));
                if (rows.size() == BATCH_ROWS) {
                    queue.put(new Read.Rows(rows));
                    rows = new ArrayList<>(BATCH_ROWS);
                }
            }
            db.check(iterator, Family.LIVE);
            queue.put(new Read.Rows(rows));
            return new Read.End(null);
        } catch (StorageException | RuntimeException | Error e) {
            return new Read.End(e);
        }
    }

    private Unfinished row(byte[] key, byte[] value, int size, Sealed sealed, StoredDecoder decoder)
            throws StorageException {
        String name = Family.LIVE.storedName() + " at " + Keys.ordinal(key);
        if (!sealed.isWhole(key, value, size)) {
            throw errors.damaged(name + " has a wrong checksum");
        }
        Unfinished row;
        try {
            row = decoder.unfinished(value, Sealed.CRC_BYTES, size - Sealed.CRC_BYTES);
        } catch (InvalidProtocolBufferException e) {
            throw errors.damaged(name, e);
        }
        if (row.ordinal() != Keys.ordinal(key)) {
            throw errors.damaged(name + " says that it is at " + row.ordinal());
        }
        return row;
    }
}
