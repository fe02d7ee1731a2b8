package io.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Cut;
import io.holdfast.core.Finished;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a file: the store either answers as before, or says that it is damaged, and where. */
class RocksStoreDamageTest {

    private static final long SEED = 20_261_122;
    private static final int FLIPS_PER_FILE = Integer.getInteger("holdfast.runs", 3);

    @TempDir
    Path scratch;

    private Path good;
    private List<Object> answers = List.of();
    private int copies;

    @BeforeEach
    void fillAStore() throws StorageException, IOException {
        good = scratch.resolve("good");
        try (RocksStore store = store(good)) {
            Samples.fill(store);
        }
        // The database writes its files anew when it is opened: what is damaged below is what it reads first.
        Path copy = copy();
        try (RocksStore store = store(copy)) {
            answers = Samples.answers(store);
        }
        assertThat(answers).hasSize(1 + 2 * Samples.FINISHED + 2 * Samples.UNFINISHED);
    }

    @Test
    void flippedBitIsFoundOrHarmless() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, Integer> found = new TreeMap<>();
        for (Path file : Directories.filesOf(good)) {
            long size = Files.size(file);
            for (int i = 0; i < FLIPS_PER_FILE && size > 0; i++) {
                int at = (int) random.nextLong(size);
                int bit = random.nextInt(8);
                boolean isFound = check(file, "bit " + bit + " of byte " + at + " flipped", bytes -> {
                    bytes[at] ^= (byte) (1 << bit);
                    return bytes;
                });
                found.merge(kindOf(file), isFound ? 1 : 0, Integer::sum);
            }
        }
        assertThat(found.keySet()).contains("CURRENT", "MANIFEST", "STORE", "sst");
        for (String kind : List.of("CURRENT", "MANIFEST", "STORE", "sst")) {
            assertThat(found.get(kind)).as("flips found in %s", kind).isPositive();
        }
    }

    @Test
    void shortenedFileIsFoundOrHarmless() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (Path file : Directories.filesOf(good)) {
            int size = (int) Files.size(file);
            for (int to : new int[]{0, size / 2, Math.max(0, size - 1), size == 0 ? 0 : random.nextInt(size)}) {
                check(file, "shortened to " + to, bytes -> Arrays.copyOf(bytes, to));
            }
        }
    }

    /** A scan from within a chunk looks for one before its position, which lies in another file if the files lie below each other. */
    @Test
    void chunkThatCannotBeReadIsNotSkippedByAScanFromWithinIt() throws StorageException, IOException {
        Path many = scratch.resolve("many");
        int cuts = 12;
        try (RocksStore store = store(many)) {
            store.recover();
            for (int cut = 1; cut <= cuts; cut++) {
                store.archive(Samples.finished(30L * (cut - 1), 30));
                store.cut(new Cut(Samples.header(cut, 30L * cut, 30L * cut, 10), List.of(), List.of()), List.of());
            }
        }
        int found = 0;
        for (Path table : Directories.filesOf(many).stream().filter(file -> kindOf(file).equals("sst")).toList()) {
            Path copy = scratch.resolve("of-many");
            Directories.copy(many, copy);
            Path damaged = copy.resolve(many.relativize(table).toString());
            byte[] bytes = Files.readAllBytes(damaged);
            bytes[20] ^= 1;
            Files.write(damaged, bytes);
            try (RocksStore store = store(copy)) {
                store.recover();
                for (int from = 15; from < 30 * cuts; from += 30) {
                    found += isFound(store, from, 30 * cuts) ? 1 : 0;
                }
            } catch (StorageException e) {
                assertThat(e.getMessage()).contains(String.valueOf(table.getFileName()));
            }
            Directories.delete(copy);
        }
        assertThat(found).as("scans that met what is damaged").isGreaterThan(cuts);
    }

    private static boolean isFound(RocksStore store, int from, int to) {
        List<Finished> seen = new ArrayList<>();
        try {
            store.scan(from, seen::add);
        } catch (StorageException e) {
            return true;
        }
        assertThat(seen).as("from %s", from).isEqualTo(Samples.finished(from, to - from));
        return false;
    }

    /** Where RocksDB keeps what it says about a table, and does not always say which table it could not read. */
    @Test
    void flippedBitAtTheEndOfATableNamesTheTable() throws IOException {
        Path table = Directories.filesOf(good).stream().filter(file -> kindOf(file).equals("sst")).toList().getFirst();
        int size = (int) Files.size(table);
        int found = 0;
        for (int at = Math.max(0, size - 1_600); at < size; at += 23) {
            int flipped = at;
            found += check(table, "byte " + at + " flipped", bytes -> {
                bytes[flipped] ^= 1;
                return bytes;
            }) ? 1 : 0;
        }
        assertThat(found).isPositive();
    }

    @Test
    void manifestThatEndsEarlierAtAnyByteIsFound() throws IOException {
        Path manifest = Directories.filesOf(good).stream().filter(file -> kindOf(file).equals("MANIFEST")).toList()
                .getLast();
        int size = (int) Files.size(manifest);
        int step = Math.max(1, size / 20);
        for (int to = 0; to < size; to += step) {
            int length = to;
            check(manifest, "shortened to " + to, bytes -> Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void missingFileIsFound() throws IOException {
        for (Path file : Directories.filesOf(good)) {
            boolean isFound = check(file, "deleted", bytes -> null);
            boolean matters = List.of("CURRENT", "MANIFEST", "STORE", "sst").contains(kindOf(file));
            assertThat(isFound).as("%s deleted", file).isEqualTo(matters);
        }
    }

    @Test
    void lostDatabaseIsNoNewStore() throws IOException {
        Path copy = copy();
        Directories.delete(copy.resolve("rocksdb"));
        assertDamaged(copy, copy.resolve("rocksdb").toString());
    }

    @Test
    void databaseOfAnotherStoreIsRefused() throws StorageException, IOException {
        Path other = scratch.resolve("other");
        try (RocksStore store = store(other)) {
            Samples.fill(store);
        }
        Files.copy(good.resolve("STORE"), other.resolve("STORE"),
                StandardCopyOption.REPLACE_EXISTING);
        assertDamaged(other, "STORE");
    }

    @Test
    void databaseThatWentBackIsRefused() throws StorageException, IOException {
        Path before = copy();
        try (RocksStore store = store(good)) {
            store.recover();
            store.cut(new Cut(Samples.header(3, 700, 600, 10), List.of(), List.of()), List.of());
        }
        Files.copy(good.resolve("STORE"), before.resolve("STORE"),
                StandardCopyOption.REPLACE_EXISTING);
        assertDamaged(before, "reached 3");
    }

    @Test
    void foreignDirectoryIsNoNewStore() throws IOException {
        Path foreign = Files.createDirectory(scratch.resolve("foreign"));
        Files.writeString(foreign.resolve("notes.txt"), "mine");
        assertDamaged(foreign, "notes.txt");
        assertThat(foreign.resolve("rocksdb")).doesNotExist();
    }

    @Test
    void newerFormatIsRefused() throws IOException {
        Path copy = copy();
        Files.writeString(copy.resolve("STORE"), "holdfast-store format=2 something else\n");
        assertDamaged(copy, "newer");
    }

    @Test
    void creationThatWasInterruptedBeginsAnew() throws StorageException, IOException {
        Path directory = Files.createDirectory(scratch.resolve("interrupted"));
        new StoreFile(1, StoreFile.CREATING).write(directory);
        Files.createDirectory(directory.resolve("rocksdb"));
        Files.writeString(directory.resolve("rocksdb").resolve("MANIFEST-000001"), "half");
        try (RocksStore store = store(directory)) {
            Samples.fill(store);
        }
        try (RocksStore store = store(directory)) {
            assertThat(Samples.answers(store)).isEqualTo(answers);
        }
    }

    private interface Damage {
        /** The bytes as they are from now on; null if the file is deleted. */
        byte @Nullable [] of(byte[] bytes);
    }

    /** Returns whether the damage was found. */
    private boolean check(Path file, String what, Damage damage) throws IOException {
        Path copy = copy();
        Path damaged = copy.resolve(good.relativize(file).toString());
        byte[] bytes = damage.of(Files.readAllBytes(damaged));
        if (bytes == null) {
            Files.delete(damaged);
        } else {
            Files.write(damaged, bytes);
        }
        String description = good.relativize(file) + " " + what + ", seed=" + SEED;
        try (RocksStore store = store(copy)) {
            assertThat(Samples.answers(store)).as(description).isEqualTo(answers);
            return false;
        } catch (StorageException e) {
            assertThat(e.kind()).as(description + ": " + e.getMessage()).isEqualTo(Kind.DAMAGED);
            assertThat(e.getMessage()).as(description).contains(copy.toString())
                    .contains(String.valueOf(file.getFileName()));
            return true;
        } finally {
            Directories.delete(copy);
        }
    }

    private static void assertDamaged(Path directory, String named) {
        assertThatThrownBy(() -> {
            try (RocksStore store = store(directory)) {
                store.recover();
            }
        }).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining(directory.toString()).hasMessageContaining(named);
    }

    private Path copy() throws IOException {
        Path copy = scratch.resolve("copy-" + copies++);
        Directories.copy(good, copy);
        return copy;
    }

    private static RocksStore store(Path directory) {
        return new RocksStore(directory, StoreOptions.DEFAULT);
    }

    private static String kindOf(Path file) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        return name.endsWith(".sst")
                ? "sst"
                : Arrays.stream(name.split("-")).limit(1).collect(Collectors.joining());
    }
}
