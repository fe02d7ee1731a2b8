package io.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.State;
import io.holdfast.core.Core;
import io.holdfast.core.Cut;
import io.holdfast.core.Entry;
import io.holdfast.core.Limits;
import io.holdfast.core.Outcome;
import io.holdfast.core.Outcome.KeptBody;
import io.holdfast.core.Transaction;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import io.holdfast.testkit.store.RandomEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksIterator;

class StoreCheckTest {

    private static final long SEED = 20_261_124;
    private static final int LIVES = Integer.getInteger("holdfast.runs", 6);
    private static final int ENTRIES = 250;
    private static final int FLIPS_PER_TABLE = 12;
    /** So small that RocksDB flushes between cuts. */
    private static final StoreOptions SMALL = new StoreOptions(1 << 20, 64 << 10, 14);

    @TempDir
    Path scratch;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private String hashAtCut = "";
    private int copies;

    @Test
    void whatALifeLeavesBehindIsWholeAndStaysAsItIs() throws Exception {
        for (int life = 0; life < LIVES; life++) {
            Path store = life(life % 2 == 0 ? SMALL : StoreOptions.DEFAULT);
            Map<Path, Object> before = stateOf(store);
            Recorded found = new Recorded();
            try (StoreCheck check = new StoreCheck(store, StoreOptions.DEFAULT, found)) {
                Core core = check.run();
                assertThat(found.damages).as("life %s", life).isEmpty();
                assertThat(Objects.requireNonNull(core).stateHash()).isEqualTo(hashAtCut);
            }
            assertThat(stateOf(store)).isEqualTo(before);
            assertThat(found.looked).containsKeys("rows of live", "rows of bodies", "rows of gids", "rows of default");
            assertThat(found.looked.get("archived transactions")).isGreaterThan(5);
        }
    }

    @Test
    void aStoreBeforeItsFirstCutIsWhole() throws Exception {
        Path store = scratch.resolve("new");
        try (RocksStore fresh = new RocksStore(store, SMALL)) {
            fresh.recover();
        }
        assertThat(damages(store)).isEmpty();
    }

    @Test
    void anyFlippedBitOfATableIsFoundWithItsFile() throws Exception {
        Path store = life(SMALL);
        int flips = 0;
        for (Path table : Directories.filesOf(store).stream().filter(file -> file.toString().endsWith(".sst"))
                .toList()) {
            byte[] good = Files.readAllBytes(table);
            for (int i = 0; i < FLIPS_PER_TABLE; i++) {
                byte[] bad = good.clone();
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(table, bad);
                List<String> damages = damages(store);
                assertThat(damages).as("seed %s, %s, byte %s", SEED, table, at).isNotEmpty();
                assertThat(damages.getFirst()).startsWith("table " + table + ": ");
                flips++;
            }
            Files.write(table, good);
        }
        assertThat(flips).isGreaterThan(3 * FLIPS_PER_TABLE);
        assertThat(damages(store)).isEmpty();
    }

    @Test
    void lostAndShortenedFilesAreNamed() throws Exception {
        Path store = life(SMALL);
        // A copy of a store at work may have tables that were replaced at that moment: those are nothing to lose.
        Set<String> inUse;
        try (Database db = read(store)) {
            inUse = db.db().getLiveFilesMetaData().stream().map(table -> table.fileName().substring(1))
                    .collect(Collectors.toSet());
        }
        assertThat(Directories.filesOf(store)).extracting(file -> String.valueOf(file.getFileName()))
                .containsAll(inUse);
        assertThat(inUse).isNotEmpty();
        for (Path file : Directories.filesOf(store)) {
            String name = String.valueOf(file.getFileName());
            if (name.matches("STORE|CURRENT|MANIFEST.*") || inUse.contains(name)) {
                byte[] good = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(good, good.length / 2));
                assertThat(damages(store)).as("%s shortened", name).isNotEmpty();
                Files.delete(file);
                assertThat(damages(store)).as("%s deleted", name).isNotEmpty();
                Files.write(file, good);
            }
        }
        assertThat(damages(store)).isEmpty();
    }

    @Test
    void eachRowThatIsLostIsNoticed() throws Exception {
        Path store = life(StoreOptions.DEFAULT);
        for (Family family : List.of(Family.LIVE, Family.BODIES, Family.GIDS, Family.CONFIRMED, Family.CANCELLED)) {
            byte[] key = aKeyOf(store, family);
            Path copy = changed(store, family, key, null);
            assertThat(damages(copy)).as("a row of %s less", family).isNotEmpty();
            if (family == Family.BODIES || family == Family.GIDS) {
                assertThat(damages(copy)).anyMatch(damage -> damage.startsWith(
                        family.storedName() + ", key " + HexFormat.of().formatHex(key) + " (")
                        && damage.contains("missing"));
            }
        }
    }

    /** A check of everything is for operators; forgetting a transaction is what no start may do. */
    @Test
    void aStartRefusesAStoreThatLostAnUnfinishedTransaction() throws Exception {
        Path store = life(StoreOptions.DEFAULT);
        Path copy = changed(store, Family.LIVE, aKeyOf(store, Family.LIVE), null);
        try (RocksStore damaged = new RocksStore(copy, SMALL)) {
            assertThatThrownBy(damaged::recover).isInstanceOf(StorageException.class)
                    .hasMessageContaining("is damaged: live has ");
        }
    }

    @Test
    void eachRowWithAWrongChecksumIsNamed() throws Exception {
        Path store = life(StoreOptions.DEFAULT);
        for (Family family : List.of(Family.LIVE, Family.BODIES, Family.CONFIRMED, Family.META)) {
            byte[] key = aKeyOf(store, family);
            byte[] value = valueOf(store, family, key);
            value[value.length - 1] ^= 1;
            assertThat(damages(changed(store, family, key, value))).as("a row of %s", family)
                    .anyMatch(damage -> damage.contains("checksum"));
        }
    }

    @Test
    void rowsThatContradictEachOtherAreNamed() throws Exception {
        Path store = life(StoreOptions.DEFAULT);
        Sealed sealed = new Sealed();

        byte[] body = aKeyOf(store, Family.BODIES);
        byte[] other = sealed.sealed(body, new byte[valueOf(store, Family.BODIES, body).length - Sealed.CRC_BYTES]);
        assertThat(damages(changed(store, Family.BODIES, body, other)))
                .containsExactly(RowChecks.nameOf(Family.BODIES, body) + ": it is not what its branch was given");
        byte[] longer = sealed.sealed(body, new byte[100]);
        assertThat(damages(changed(store, Family.BODIES, body, longer))).singleElement().asString()
                .contains("it has 100 bytes, its branch says ");
        byte[] stray = Keys.body("nobody", 0, Outcome.BodyKind.PAYLOAD);
        assertThat(damages(changed(store, Family.BODIES, stray, sealed.sealed(stray, new byte[1])))).singleElement()
                .asString().contains("(BodyKey[gid=nobody, branchIndex=0, kind=PAYLOAD])",
                        "no unfinished transaction has such a branch");

        byte[] gid = aKeyOf(store, Family.GIDS);
        byte[] place = valueOf(store, Family.GIDS, gid);
        place[Archive.PLACE_BYTES - 1]++;
        assertThat(damages(changed(store, Family.GIDS, gid, place)))
                .anyMatch(damage -> damage.startsWith(RowChecks.nameOf(Family.GIDS, gid) + ": it leads to "));
        byte[] strayGid = Keys.gid("stray");
        assertThat(damages(changed(store, Family.GIDS, strayGid, place))).singleElement().asString()
                .startsWith(RowChecks.nameOf(Family.GIDS, strayGid)).contains("where this is not");

        byte[] unknown = {'x'};
        assertThat(damages(changed(store, Family.META, unknown, sealed.sealed(unknown, new byte[1])))).singleElement()
                .asString().startsWith("default, key 78 (x)").contains("no version of a store writes such a key");
        byte[] live = aKeyOf(store, Family.LIVE);
        byte[] elsewhere = Keys.ordinal(Keys.ordinal(live) + 1_000_000);
        byte[] contents = valueOf(store, Family.LIVE, live);
        byte[] moved = sealed.sealed(elsewhere, Arrays.copyOfRange(contents, Sealed.CRC_BYTES, contents.length));
        assertThat(damages(changed(store, Family.LIVE, elsewhere, moved)))
                .anyMatch(damage -> damage
                        .startsWith(RowChecks.nameOf(Family.LIVE, elsewhere) + ": it says that it is at"));
    }

    @Test
    void whatIsKeptAsideIsAWholeStoreThatNobodyChanges() throws Exception {
        Path directory = scratch.resolve("kept");
        RandomEntries entries = new RandomEntries(random, new Limits(40, 1 << 30, 6, 20));
        List<KeptBody> bodies = new ArrayList<>();
        try (RocksStore store = new RocksStore(directory, SMALL)) {
            Core core = store.recover();
            live(store, core, entries, bodies);
            cut(store, core, bodies);
            Path aside = store.keepAside();
            String kept = hashAtCut;
            Map<Path, Object> before = stateOf(aside);
            live(store, core, entries, bodies);
            cut(store, core, bodies);
            assertThat(hashAtCut).isNotEqualTo(kept);
            assertThat(stateOf(aside)).isEqualTo(before);
            try (StoreCheck check = new StoreCheck(aside, SMALL, new Recorded())) {
                Core found = check.run();
                assertThat(Objects.requireNonNull(found).stateHash()).isEqualTo(kept);
            }
            assertThat(store.keepAside()).isEqualTo(aside);
            store.dropAside();
            assertThat(aside).doesNotExist();
            store.keepAside();
        }
        // As a process that died leaves it.
        try (RocksStore store = new RocksStore(directory, SMALL)) {
            assertThat(store.recover().stateHash()).isEqualTo(hashAtCut);
        }
        assertThat(directory.resolve("aside")).doesNotExist();
    }

    private static void live(RocksStore store, Core core, RandomEntries entries, List<KeptBody> bodies)
            throws StorageException {
        for (int i = 0; i < ENTRIES / 2; i++) {
            Outcome outcome = core.step(entries.next());
            store.archive(outcome.finished());
            bodies.addAll(outcome.kept());
        }
    }

    @Test
    void whileAStoreIsOpenItIsNotChecked() throws Exception {
        Path store = scratch.resolve("open");
        try (RocksStore open = new RocksStore(store, SMALL)) {
            open.recover();
            assertThatThrownBy(() -> damages(store)).isInstanceOfSatisfying(StorageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED));
        }
    }

    /** The directory of a store after a while, as a process that was killed leaves it. */
    private Path life(StoreOptions options) throws StorageException, IOException {
        Path directory = scratch.resolve("life-" + copies++);
        Path left = scratch.resolve("left-" + copies++);
        RandomEntries entries = new RandomEntries(random, new Limits(40, 1 << 30, 6, 20));
        List<KeptBody> bodies = new ArrayList<>();
        try (RocksStore store = new RocksStore(directory, options)) {
            Core core = store.recover();
            for (int i = 0; i < ENTRIES; i++) {
                Entry entry = entries.next();
                Outcome outcome = core.step(entry);
                store.archive(outcome.finished());
                bodies.addAll(outcome.kept());
                if (random.nextInt(20) == 0 || i == ENTRIES - 30) {
                    cut(store, core, bodies);
                }
                if (random.nextInt(15) == 0 && i > ENTRIES / 2) {
                    store.expire(random.nextBoolean() ? State.CONFIRMED : State.CANCELLED, Long.MAX_VALUE,
                            core.finishedOrdinals() / 3, 5);
                }
            }
            Directories.copy(directory, left);
        }
        return left;
    }

    private void cut(RocksStore store, Core core, List<KeptBody> bodies) throws StorageException {
        Cut cut = core.cut();
        store.cut(cut, bodies.stream().filter(body -> {
            Transaction transaction = core.find(body.gid());
            return transaction != null && !transaction.state().isFinished();
        }).toList());
        bodies.clear();
        hashAtCut = core.stateHash();
    }

    private static List<String> damages(Path store) throws StorageException {
        Recorded found = new Recorded();
        try (StoreCheck check = new StoreCheck(store, StoreOptions.DEFAULT, found)) {
            check.run();
        }
        return found.damages;
    }

    private static final class Recorded implements Findings {

        private final List<String> damages = new ArrayList<>();
        private final Map<String, Long> looked = new TreeMap<>();

        @Override
        public void damaged(String what) {
            damages.add(what);
        }

        @Override
        public void looking(String kind, long count) {
            assertThat(count).isPositive();
        }

        @Override
        public void looked(String kind, long count) {
            looked.put(kind, count);
        }
    }

    private static byte[] aKeyOf(Path store, Family family) throws StorageException {
        try (Database db = read(store); RocksIterator rows = db.iterator(family)) {
            rows.seekToLast();
            assertThat(rows.isValid()).as("there are rows of %s", family).isTrue();
            return rows.key();
        }
    }

    private static byte[] valueOf(Path store, Family family, byte[] key) throws StorageException {
        try (Database db = read(store)) {
            return Objects.requireNonNull(db.get(family, key));
        }
    }

    private static Database read(Path store) throws StorageException {
        return Database.openToRead(store.resolve(RocksStore.DATABASE), SMALL, new StoreErrors(store));
    }

    /** A copy in which one row is another, or gone. */
    private Path changed(Path store, Family family, byte[] key, byte @Nullable [] value) throws Exception {
        Path copy = scratch.resolve("copy-" + copies++);
        Directories.copy(store, copy);
        try (Database db = Database.open(copy.resolve(RocksStore.DATABASE), SMALL, new StoreErrors(copy))) {
            BatchBuffer batch = new BatchBuffer();
            if (value == null) {
                batch.delete(db.id(family), key);
            } else {
                batch.put(db.id(family), key, value, value.length);
            }
            db.write(batch);
            db.flush();
        }
        return copy;
    }

    private static Map<Path, Object> stateOf(Path directory) throws IOException {
        Map<Path, Object> files = new TreeMap<>();
        for (Path file : Directories.filesOf(directory)) {
            FileTime changed = Files.getLastModifiedTime(file);
            files.put(file, List.of(changed, HexFormat.of().formatHex(Files.readAllBytes(file))));
        }
        return files;
    }
}
