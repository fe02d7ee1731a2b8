package io.holdfast.server.data;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a server keeps what. */
public record DataDirectory(Path root) {

    /** What the commands take if nothing else is said, as the server does. */
    public static final String DEFAULT = "./data";

    /** The directory of the log. */
    public Path log() {
        return root.resolve("log");
    }

    /** The directory of the store. */
    public Path store() {
        return root.resolve("store");
    }

    /** @throws StorageException if no server has ever written a log here */
    void requireLog() throws StorageException {
        require(log());
    }

    /** @throws StorageException if no server has ever worked here */
    public void requireLogAndStore() throws StorageException {
        require(log());
        require(store());
    }

    /** @throws StorageException if no server has ever worked here, and nothing was restored */
    void requireStore() throws StorageException {
        require(store());
    }

    private void require(Path part) throws StorageException {
        if (!Files.isDirectory(part)) {
            throw new StorageException(Kind.FAILED, "there is no directory " + part.toAbsolutePath().normalize()
                    + ": name the data directory of a server with --data");
        }
    }
}
