package io.holdfast.store;

import io.holdfast.engine.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** Finds the file to name where RocksDB does not, or blames another (guarantee G9). */
final class DatabaseFiles {

    private static final String TABLE = ".sst";

    private DatabaseFiles() {
    }

    /**
     * The database, for messages, with the two files that say what it is: when what they say is wrong, RocksDB finds fault with
     * others.
     *
     * @throws StorageException if one of them is missing, or the first is not what RocksDB writes
     */
    static String described(Path directory, StoreErrors errors) throws StorageException {
        Path current = directory.resolve("CURRENT");
        String name;
        try {
            name = Files.readString(current, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw errors.damaged("there is no file " + current);
        } catch (IOException e) {
            throw errors.failed("read " + current, e);
        }
        if (!name.matches("MANIFEST-\\d{6,20}\n")) {
            throw errors.damaged(current + " is not what RocksDB writes");
        }
        Path manifest = directory.resolve(name.strip());
        if (!Files.exists(manifest)) {
            throw errors.damaged(current + " names " + manifest + ", which is not there");
        }
        return "the database that " + current + " and " + manifest + " describe";
    }

    /** Tables that cannot be opened, for a message that names none; empty if there are none. */
    static String unreadableTables(Path directory, RocksDBException cause) {
        File[] files = directory.toFile().listFiles((folder, name) -> name.endsWith(TABLE));
        if (files == null || String.valueOf(cause.getMessage()).contains(TABLE)) {
            return "";
        }
        StringBuilder unreadable = new StringBuilder();
        try (Options options = new Options()) {
            for (File file : files) {
                try (SstFileReader table = new SstFileReader(options)) {
                    table.open(file.toString());
                } catch (RocksDBException e) {
                    unreadable.append(" (").append(file).append(" cannot be read)");
                }
            }
        }
        return unreadable.toString();
    }
}
