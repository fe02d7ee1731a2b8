package io.holdfast.server.backup;

/** A backup cannot be taken or restored. The message says why and, where it helps, what to do. */
final class BackupException extends Exception {

    private static final long serialVersionUID = 1L;

    BackupException(String message) {
        super(message);
    }

    BackupException(String message, Throwable cause) {
        super(message, cause);
    }
}
