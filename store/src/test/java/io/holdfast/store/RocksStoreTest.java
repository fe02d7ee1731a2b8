package io.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.State;
import io.holdfast.core.Cut;
import io.holdfast.core.Outcome.BodyKind;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Payload;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** What is particular to RocksDB. */
class RocksStoreTest {

    private static final int READERS = 3;

    @TempDir
    Path directory;

    @Test
    void secondStoreOnADirectoryIsRefusedWhileTheFirstLives() throws StorageException {
        try (RocksStore store = store(directory)) {
            store.recover();
            assertThatThrownBy(() -> {
                try (RocksStore second = store(directory)) {
                    second.recover();
                }
            }).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED))
                    .hasMessageContaining(directory.toString());
            store.archive(Samples.finished(0, 200));
        }
        try (RocksStore store = store(directory)) {
            store.recover();
        }
    }

    @Test
    void directoryThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "no directory");
        Path below = file.resolve("store");
        assertThatThrownBy(() -> {
            try (RocksStore store = store(below)) {
                store.recover();
            }
        }).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED))
                .hasMessageContaining(below.toString());
    }

    @Test
    void closingWaitsForReaders() throws Exception {
        for (int round = 0; round < 3; round++) {
            RocksStore store = store(directory.resolve("round-" + round));
            Samples.fill(store);
            CountDownLatch reading = new CountDownLatch(READERS);
            AtomicInteger refused = new AtomicInteger();
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(Thread.ofPlatform().start(() -> readUntilClosed(store, reading, refused)));
            }
            reading.await();
            store.close();
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(refused).hasValue(READERS);
        }
    }

    private static void readUntilClosed(RocksStore store, CountDownLatch reading, AtomicInteger refused) {
        try {
            for (int i = 0;; i = (i + 1) % Samples.UNFINISHED) {
                assertThat(store.body("u" + i, 0, BodyKind.PAYLOAD)).isNotNull();
                reading.countDown();
            }
        } catch (IllegalStateException e) {
            refused.incrementAndGet();
        } catch (StorageException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void partsOfACutThatWasNotFinishedAreNotThere() throws StorageException {
        StoreOptions small = new StoreOptions(1L << 20, 64L << 10, 14);
        String before;
        try (RocksStore store = new RocksStore(directory, small)) {
            Samples.fill(store);
        }
        try (RocksStore store = new RocksStore(directory, small)) {
            before = store.recover().stateHash();
            Cut cut = new Cut(Samples.header(3, Samples.FINISHED + 20_000, Samples.FINISHED, 10),
                    Samples.unfinished(Samples.FINISHED, 20_000), List.of());
            assertThatThrownBy(() -> store.cut(cut, new BodiesThatEnd(10_000)))
                    .isInstanceOf(UncheckedIOException.class);
        }
        try (RocksStore store = new RocksStore(directory, small)) {
            assertThat(store.recover().stateHash()).isEqualTo(before);
        }
    }

    /** Bodies that cannot be read to the end, as if the process were killed there. */
    private static final class BodiesThatEnd extends AbstractList<KeptBody> {

        private final int readable;

        BodiesThatEnd(int readable) {
            this.readable = readable;
        }

        @Override
        public KeptBody get(int index) {
            if (index == readable) {
                throw new UncheckedIOException(new IOException("this is where it ends"));
            }
            return new KeptBody("u" + index, 0, BodyKind.PAYLOAD, Payload.of(new byte[1_000]));
        }

        @Override
        public int size() {
            return 2 * readable;
        }
    }

    @Test
    void figuresTellOfTheFilters() throws StorageException {
        try (RocksStore store = store(directory)) {
            Samples.fill(store);
            for (int i = 0; i < Samples.FINISHED; i++) {
                assertThat(store.find("g" + i)).isNotNull();
                assertThat(store.find("g" + i + "x")).isNull();
            }
            GidFigures figures = store.figures();
            assertThat(figures.levels()).isNotEmpty().allSatisfy(level -> {
                assertThat(level.filterBitsPerGid()).isBetween(8.0, 16.0);
                assertThat(level.bytes()).isGreaterThan(level.filterBytes());
                assertThat(level.files()).isPositive();
            });
            assertThat(figures.levels().stream().mapToLong(GidFigures.Level::gids).sum())
                    .isEqualTo(Samples.FINISHED);
            assertThat(figures.truePositives()).isEqualTo(Samples.FINISHED);
            assertThat(figures.falsePositiveRate()).isBetween(0.0, 0.1);
        }
    }

    @Test
    void expiryGivesBackTheDisk() throws StorageException {
        try (RocksStore store = store(directory)) {
            store.recover();
            long early = Long.MAX_VALUE;
            long late = Long.MAX_VALUE;
            for (int cut = 1; cut <= 90; cut++) {
                int finished = 3_000 * cut;
                store.archive(Samples.finished(finished - 3_000L, 3_000));
                store.cut(new Cut(Samples.header(cut, finished, finished, 0), List.of(), List.of()), List.of());
                for (State outcome : List.of(State.CONFIRMED, State.CANCELLED, State.SETTLED_BY_HAND)) {
                    // Wall time of the end and position are the same: the last 9,000 stay.
                    store.expire(outcome, finished - 9_000L, Long.MAX_VALUE, Integer.MAX_VALUE);
                }
                // How much lies there swings with RocksDB's rounds of cleaning up, which run when they please. What is never given
                // back shows in the least, too, and that does not depend on who was faster.
                early = cut > 10 && cut <= 30 ? Math.min(early, tables()) : early;
                late = cut > 60 ? Math.min(late, tables()) : late;
            }
            assertThat(late).as("bytes after three times as much").isLessThan(early * 3 / 2);
        }
    }

    /** Bytes of all tables; one that is deleted meanwhile counts as none. */
    private long tables() {
        long bytes = 0;
        for (File file : Objects.requireNonNull(directory.resolve("rocksdb").toFile().listFiles())) {
            bytes += file.getName().endsWith(".sst") ? file.length() : 0;
        }
        return bytes;
    }

    @Test
    void batchIsWhatRocksDbWouldMake() throws RocksDBException, IOException {
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        byte[] large = new byte[300_000];
        large[7] = 7;
        BatchBuffer ours = new BatchBuffer();
        Path path = directory.resolve("plain");
        try (RocksDB db = RocksDB.open(path.toString());
                ColumnFamilyHandle one = db.createColumnFamily(
                        new ColumnFamilyDescriptor("one".getBytes(StandardCharsets.UTF_8)));
                WriteBatch theirs = new WriteBatch()) {
            ours.put(one.getID(), key, large, large.length);
            ours.delete(one.getID(), key);
            ours.put(one.getID(), large, key, 2);
            theirs.put(one, key, large);
            theirs.delete(one, key);
            theirs.put(one, large, new byte[]{'k', 'e'});
            try (WriteBatch batch = ours.take()) {
                assertThat(batch.data()).isEqualTo(theirs.data());
                assertThat(batch.count()).isEqualTo(3);
            }
            assertThat(ours.isEmpty()).isTrue();
        }
    }

    private static RocksStore store(Path directory) {
        return new RocksStore(directory, StoreOptions.DEFAULT);
    }
}
