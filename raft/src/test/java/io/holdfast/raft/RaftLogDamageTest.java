package io.holdfast.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.engine.Bell;
import io.holdfast.engine.ReplicatedLog.Event;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node on Ratis alone, and what becomes of its files. */
class RaftLogDamageTest {

    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int PAYLOAD_BYTES = 10_000;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final SplittableRandom random = new SplittableRandom(20_261_129);
    private final Bell bell = new Bell();

    @TempDir
    Path directory;

    private RaftSettings settings;
    private RaftLog log;
    private long told;
    private boolean leads;

    @BeforeEach
    void makeSettings() {
        settings = settings("one");
        log = newLog();
    }

    private RaftLog newLog() {
        return new RaftLog(settings, (leader, firstIndex) -> {
            throw new IllegalStateException("nobody else is there");
        });
    }

    private RaftSettings settings(String id) {
        return new RaftSettings(id, List.of(new RaftSettings.Peer(id, "127.0.0.1", RatisGroup.freePorts(1).getFirst())),
                directory, new UUID(1, 2), 100, 200, SEGMENT_BYTES, 4 << 20, 64 << 10);
    }

    @AfterEach
    void stop() throws StorageException {
        log.close();
    }

    private void start(long after) throws StorageException {
        log = newLog();
        told = log.recover(after, (sequence, payload) -> told = sequence);
        log.wake(bell);
        leads = false;
    }

    private void write(int entries) throws StorageException {
        while (!leads) {
            next();
        }
        for (int i = 0; i < entries; i++) {
            byte[] payload = new byte[PAYLOAD_BYTES];
            random.nextBytes(payload);
            long wanted = told + 1;
            log.propose(wanted, ByteBuffer.wrap(payload));
            while (told < wanted) {
                next();
            }
        }
    }

    private Event next() throws StorageException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            Event event = log.take();
            leads |= event instanceof Event.Leads;
            if (event instanceof Event.Committed committed) {
                told = committed.sequence();
            }
            if (event != null) {
                return event;
            }
            bell.sleep(() -> log.hasNext() ? 0 : 100_000_000);
        }
        return fail("nothing came");
    }

    private void writeAndStop(int entries) throws StorageException {
        start(0);
        write(entries);
        log.close();
    }

    private void assertDamaged(long after, String... what) throws IOException {
        List<String> before = contents();
        assertThatThrownBy(() -> start(after)).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.DAMAGED);
            assertThat(e).hasMessageContaining(directory.toString()).hasMessageContainingAll(what);
        });
        assertThat(contents()).as("nothing was changed").isEqualTo(before);
    }

    private List<String> contents() throws IOException {
        List<String> contents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                contents.add(file + ":" + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private static void flipBit(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int was = bytes.read();
            bytes.seek(offset);
            bytes.write(was ^ 4);
        }
    }

    @Test
    void tornTailIsCutOffAndNothingElse() throws Exception {
        start(0);
        write(3);
        for (int pages = 0; pages < 4; pages++) {
            log.close();
            Path file = TornTail.openFile(settings);
            long whole = Files.size(file);
            TornTail.append(file, pages, random);
            assertThat(Files.size(file)).isGreaterThan(whole);
            long before = told;
            start(0);
            write(1);
            assertThat(told).isEqualTo(before + 1);
        }
    }

    @Test
    void tornHeaderOfANewFileIsNoDamage() throws Exception {
        writeAndStop(3);
        Path file = TornTail.openFile(settings);
        // The file after the last one, as it is when the process dies before its header is written.
        Files.move(file, file.resolveSibling("log_0-" + lastIndex()));
        Files.write(file.resolveSibling("log_inprogress_" + (lastIndex() + 1)), new byte[8 << 10]);
        start(3);
        write(1);
        assertThat(told).isEqualTo(4);
    }

    /** Without payloads a term begins with the entry of the leader and a barrier. */
    private long lastIndex() {
        return 1 + 3;
    }

    @Test
    void everyFlippedBitIsFound() throws Exception {
        writeAndStop(3);
        Path file = TornTail.openFile(settings);
        byte[] good = Files.readAllBytes(file);
        long[] offsets = random.longs(20, 0, good.length).toArray();
        offsets[0] = 0;
        offsets[1] = good.length - 1;
        for (long offset : offsets) {
            flipBit(file, offset);
            assertDamaged(0, file.toString());
            Files.write(file, good);
        }
        start(0);
        write(1);
        assertThat(told).isEqualTo(4);
    }

    @Test
    void fileThatIsTooShortIsDamage() throws Exception {
        writeAndStop(20);
        Path closed = TornTail.files(settings, "log_0-").getFirst();
        byte[] good = Files.readAllBytes(closed);
        Files.write(closed, Arrays.copyOf(good, good.length - 10_050));
        assertDamaged(0, closed.toString());
        Files.delete(closed);
        assertDamaged(0, "nothing was released");
        Files.write(closed, good);
        start(0);
        write(1);
        assertThat(told).isEqualTo(21);
    }

    @Test
    void logThatHasLostWhatTheStoreKnowsIsDamage() throws Exception {
        writeAndStop(3);
        assertDamaged(4, "ends with entry 3");
        Files.delete(TornTail.openFile(settings));
        assertDamaged(3, "ends with entry 0");
    }

    @Test
    void nodeWithoutItsVoteDoesNotVote() throws Exception {
        writeAndStop(3);
        Path current = Objects.requireNonNull(TornTail.openFile(settings).getParent());
        Files.delete(current.resolve("raft-meta"));
        assertDamaged(3, "vote");
        deleteAll(directory.resolve("ratis"));
        assertDamaged(3, "vote");
        // Nor if only the mark of its first start tells.
        assertDamaged(0, "vote");
        Files.delete(directory.resolve("cut"));
        assertDamaged(3, "the store holds");
        start(0);
        write(1);
        assertThat(told).isEqualTo(1);
    }

    private static void deleteAll(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void storeThatIsOlderThanWhatWasReleasedIsDamage() throws Exception {
        start(0);
        write(3);
        log.releaseThrough(2);
        assertThat(log.lastCut().sequence()).isEqualTo(2);
        log.close();
        assertDamaged(1, "released");
        start(2);
        write(1);
        assertThat(told).isEqualTo(4);
    }

    @Test
    void releasedLogWithoutItsLastReleasedEntryIsDamage() throws Exception {
        start(0);
        write(20);
        log.releaseThrough(20);
        log.close();
        for (Path file : TornTail.files(settings, "log_")) {
            Files.delete(file);
        }
        assertDamaged(20, "released");
    }

    @Test
    void cutFileThatIsNotWhatWasWrittenIsDamage() throws Exception {
        writeAndStop(1);
        flipBit(directory.resolve("cut"), Files.size(directory.resolve("cut")) / 2);
        assertDamaged(1, "cut");
    }

    @Test
    void logOfAnotherNodeIsNotTaken() throws Exception {
        writeAndStop(1);
        settings = settings("two");
        assertDamaged(1, "that of node one");
    }

    @Test
    void directoryBelongsToOneLog() throws Exception {
        start(0);
        RaftLog second = new RaftLog(settings, (leader, firstIndex) -> {
        });
        assertThatThrownBy(() -> second.recover(0, (sequence, payload) -> {
        })).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCKED));
        write(1);
    }

    @Test
    void releasedFilesAreDeletedAndRoomComesBack() throws Exception {
        start(0);
        write(1);
        long free = log.freeBytes();
        write(200);
        assertThat(log.freeBytes()).isLessThan(free - 200 * PAYLOAD_BYTES + (1 << 20));
        for (int round = 0; round < 3; round++) {
            log.releaseThrough(told);
            write(10);
        }
        assertThat(log.freeBytes()).isGreaterThan(free - (1 << 20) - 20 * PAYLOAD_BYTES);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (TornTail.files(settings, "log_").size() > 6) {
            assertThat(System.nanoTime()).as("files are left: %s", TornTail.files(settings, "log_"))
                    .isLessThan(deadline);
            bell.sleep(() -> 10_000_000);
        }
        log.close();
        start(told);
        write(1);
        assertThat(told).isEqualTo(232);
    }

    @Test
    void logThatCannotWriteEndsTheNode() throws Exception {
        start(0);
        write(1);
        deleteAll(directory.resolve("ratis"));
        assertThatThrownBy(() -> write(50)).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.FAILED);
            assertThat(e).hasMessageContaining(directory.toString());
        });
        assertThat(log.hasNext()).as("whoever owns it is woken").isTrue();
    }

    @Test
    void portInUseIsSaid() throws Exception {
        start(0);
        RaftSettings other = new RaftSettings("two",
                List.of(new RaftSettings.Peer("two", "127.0.0.1", settings.self().port())),
                directory.resolve("other"), new UUID(1, 3), 100, 200, SEGMENT_BYTES, 4 << 20, 64 << 10);
        RaftLog second = new RaftLog(other, (leader, firstIndex) -> {
        });
        assertThatThrownBy(() -> second.recover(0, (sequence, payload) -> {
        })).isInstanceOf(StorageException.class).hasMessageContaining("127.0.0.1:" + settings.self().port());
    }
}
