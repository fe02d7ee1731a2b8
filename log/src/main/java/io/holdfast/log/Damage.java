package io.holdfast.log;

import io.holdfast.engine.LogException;
import io.holdfast.engine.LogException.Kind;

/** Makes the exceptions for files that contradict themselves. */
final class Damage {

    private static final String ADVICE = ". Nothing was changed. Keep a copy of the directory; restore the file from a backup"
            + " or replace the node";

    private Damage() {
    }

    static LogException at(DiskFile file, long offset, String what) {
        return new LogException(Kind.DAMAGED,
                "log file " + file.path() + " is damaged at offset " + offset + ": " + what + ADVICE);
    }

    static LogException in(Disk disk, String what) {
        return new LogException(Kind.DAMAGED, "log in " + disk.directory() + " is damaged: " + what + ADVICE);
    }
}
