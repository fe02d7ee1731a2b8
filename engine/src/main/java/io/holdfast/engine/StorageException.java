package io.holdfast.engine;

/** Log or store cannot do what was asked. The message names the file. */
public final class StorageException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind of trouble it is, which decides what happens next. */
    public enum Kind {
        /** The files contradict themselves: the node refuses to start and changes nothing (guarantee G9). */
        DAMAGED,
        /** Another process holds the directory. */
        LOCKED,
        /** No room is left. */
        FULL,
        /** The disk refused a read, a write or a sync: the process stops acknowledging and ends. */
        FAILED
    }

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StorageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
