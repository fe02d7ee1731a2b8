package io.holdfast.log;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;

/** Makes the exceptions for files that contradict themselves. */
final class Damage {

    private static final String ADVICE = ". Nothing was changed. Keep a copy of the directory; restore the file from a backup"
            + " or replace the node";

    private Damage() {
    }

    static StorageException at(DiskFile file, long offset, String what) {
        return new StorageException(Kind.DAMAGED,
                "log file " + file.path() + " is damaged at offset " + offset + ": " + what + ADVICE);
    }

    static StorageException in(Disk disk, String what) {
        return new StorageException(Kind.DAMAGED, "log in " + disk.directory() + " is damaged: " + what + ADVICE);
    }
}
