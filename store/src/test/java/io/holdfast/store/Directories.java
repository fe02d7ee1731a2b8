package io.holdfast.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Copies of directories, as a process that dies leaves them. */
final class Directories {

    private static final int ATTEMPTS = 1_000;

    private Directories() {
    }

    /**
     * Copies a store that may be open, at one moment: anew if its background work changed a file meanwhile. Not its lock files:
     * to close a lock file gives up all locks that this process has on it.
     */
    static void copy(Path from, Path to) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Map<Path, Long> before = sizes(from);
                for (Path file : before.keySet()) {
                    Path target = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(target.resolveSibling("."));
                    Files.copy(file, target);
                }
                if (sizes(from).equals(before)) {
                    return;
                }
            } catch (NoSuchFileException | UncheckedIOException e) {
                // A compaction has taken it away.
            }
            delete(to);
        }
        throw new IOException("no moment in which nothing changed in " + from);
    }

    private static Map<Path, Long> sizes(Path directory) throws IOException {
        Map<Path, Long> sizes = new TreeMap<>();
        for (Path file : filesOf(directory)) {
            // What RocksDB tells about itself may grow at any time.
            sizes.put(file, file.endsWith("LOG") ? 0 : Files.size(file));
        }
        return sizes;
    }

    /** All but the lock files. */
    static List<Path> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && !file.endsWith("LOCK")).sorted().toList();
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
