package io.holdfast.store;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** The tables of a database as files: reads every block of every one and compares its checksum. */
final class TableFiles {

    private static final String SUFFIX = ".sst";

    private final Path database;
    private final Findings findings;
    private final StoreErrors errors;

    TableFiles(Path database, Findings findings, StoreErrors errors) {
        this.database = database;
        this.findings = findings;
        this.errors = errors;
    }

    void check() throws StorageException {
        long bytes = 0;
        long files = 0;
        for (Path file : files()) {
            try {
                checkOne(file);
            } catch (RocksDBException e) {
                // Names the file, and the offset if it is one block.
                findings.damaged("table " + file + ": " + e.getMessage());
            }
            try {
                bytes += Files.size(file);
            } catch (IOException e) {
                throw errors.failed("read " + file, e);
            }
            findings.looking("tables", ++files);
        }
        findings.looked("tables, of " + bytes + " bytes", files);
    }

    private List<Path> files() throws StorageException {
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw errors.failed("list " + database, e);
        }
    }

    private static void checkOne(Path file) throws RocksDBException {
        try (Options options = new Options(); SstFileReader reader = new SstFileReader(options)) {
            reader.open(file.toString());
            reader.verifyChecksum();
        }
    }
}
