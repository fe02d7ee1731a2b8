package io.holdfast.tests.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Sees by the files of a store what its server does: a cut writes new tables first, and the file STORE when they are durable. */
final class CutWatch {

    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path store;
    private FileTime storeBefore = FileTime.fromMillis(0);

    CutWatch(Path data) {
        store = data.resolve("store");
    }

    /** Waits until the first table of a cut appears. */
    void awaitTable() throws IOException {
        storeBefore = written();
        Set<String> before = tables();
        awaitThat(() -> !before.containsAll(tables()));
    }

    /** Waits until a cut has become durable. */
    void awaitCut() throws IOException {
        FileTime before = written();
        awaitThat(() -> !written().equals(before));
        storeBefore = written();
    }

    /** Whether nothing has become durable since the table, or the cut, that was waited for. */
    boolean isAsAwaited() throws IOException {
        return written().equals(storeBefore);
    }

    private FileTime written() throws IOException {
        try {
            return Files.getLastModifiedTime(store.resolve("STORE"));
        } catch (NoSuchFileException e) {
            return FileTime.fromMillis(0);
        }
    }

    private Set<String> tables() {
        File[] files = store.resolve("rocksdb").toFile().listFiles((folder, name) -> name.endsWith(".sst"));
        return files == null
                ? Set.of()
                : Arrays.stream(files).map(File::getName).collect(Collectors.toSet());
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void awaitThat(Condition condition) throws IOException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new AssertionError("no cut within " + LIMIT);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
