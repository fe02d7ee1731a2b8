package io.holdfast.store;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Turns what goes wrong into what the engine can act on. Thread-safe. */
record StoreErrors(Path directory) {

    /** What the files say contradicts itself. */
    StorageException damaged(String what) {
        return new StorageException(Kind.DAMAGED, "store in " + directory + " is damaged: " + what);
    }

    StorageException damaged(String what, Throwable cause) {
        return new StorageException(Kind.DAMAGED,
                "store in " + directory + " is damaged: " + what + ": " + cause.getMessage(), cause);
    }

    StorageException failed(String doing, IOException cause) {
        Kind kind = String.valueOf(cause.getMessage()).contains("No space left") ? Kind.FULL : Kind.FAILED;
        return new StorageException(kind, "store in " + directory + " cannot " + doing + ": " + cause, cause);
    }

    /** After a failure nobody knows what was written. */
    StorageException failedBefore() {
        return new StorageException(Kind.FAILED, "store in " + directory + " failed before and takes nothing any more");
    }

    /** RocksDB names the file in its message if it knows it. */
    StorageException of(String doing, RocksDBException cause) {
        Kind kind = kind(cause);
        String message = "store in " + directory + (kind == Kind.DAMAGED ? " is damaged: cannot " : " cannot ") + doing
                + ": " + cause.getMessage();
        return new StorageException(kind, message, cause);
    }

    private static Kind kind(RocksDBException cause) {
        String text = String.valueOf(cause.getMessage());
        Status status = cause.getStatus();
        if (status == null) {
            return Kind.FAILED;
        }
        if (status.getSubCode() == Status.SubCode.NoSpace || text.contains("No space left")) {
            return Kind.FULL;
        }
        return switch (status.getCode()) {
            // What is written here reads nothing of a newer RocksDB, and knows no other families or comparators.
            case Corruption, NotFound, NotSupported, InvalidArgument -> Kind.DAMAGED;
            case IOError -> ofDevice(text);
            default -> Kind.FAILED;
        };
    }

    private static Kind ofDevice(String text) {
        if (text.contains("/LOCK")) {
            return Kind.LOCKED;
        }
        return text.contains("No such file") ? Kind.DAMAGED : Kind.FAILED;
    }
}
