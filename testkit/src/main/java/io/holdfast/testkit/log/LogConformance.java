package io.holdfast.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.engine.Log;
import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link Log} must do, whatever it keeps its entries in. A subclass says how to open one. */
public abstract class LogConformance {

    private static final long SEED = 20_261_122;

    private final SplittableRandom random = new SplittableRandom(SEED);

    /** A log on the storage of this test, not recovered yet. The storage begins empty and holds at least 1 MiB. */
    protected abstract Log open() throws StorageException;

    /** The storage as it is when the process that owns the log dies: the next {@link #open} sees what is left. */
    protected abstract void crash(Log log) throws StorageException;

    @Test
    void aLogThatEndsBeforeWhatIsAskedForIsDamaged() throws StorageException {
        for (int entries = 0; entries < 3; entries++) {
            try (Log log = open()) {
                if (log.recover(new LogContents()) < entries) {
                    log.append(entries, ByteBuffer.allocate(5));
                }
            }
            long beyond = entries + 1L;
            assertThatThrownBy(() -> {
                try (Log log = open()) {
                    log.recover(beyond, new LogContents());
                }
            }).isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
        }
    }

    @Test
    void newLogIsEmpty() throws StorageException {
        try (Log log = open()) {
            LogContents contents = new LogContents();
            assertThat(log.recover(contents)).isZero();
            assertThat(contents.sequences()).isEmpty();
        }
    }

    @Test
    void entriesComeBackInOrderAfterCleanStop() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        try (Log log = recovered()) {
            appendAll(log, written, 0, 1, 100, 4_047, 4_048, 4_049, 8_120, 8_121, 20_000, 1);
        }
        assertHolds(written);
    }

    @Test
    void entriesComeBackInOrderAfterCrash() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        Log log = recovered();
        appendAll(log, written, 1, 5_000, 0, 30_000);
        crash(log);
        assertHolds(written);
    }

    @Test
    void logGrowsOverManyLives() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        for (int life = 0; life < 8; life++) {
            Log log = recovered();
            appendAll(log, written, 10, 5_000);
            if (life % 2 == 0) {
                log.close();
            } else {
                crash(log);
            }
        }
        assertHolds(written);
    }

    @Test
    void stopsWithoutAppendsChangeNothing() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        try (Log log = recovered()) {
            appendAll(log, written, 10);
        }
        for (int life = 0; life < 5; life++) {
            recovered().close();
        }
        assertHolds(written);
    }

    @Test
    void largestEntryFitsAndLargerIsRefusedWithoutHarm() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        try (Log log = recovered()) {
            appendAll(log, written, 10, log.maxEntryBytes());
            assertThatThrownBy(() -> log.append(3, ByteBuffer.allocate(log.maxEntryBytes() + 1)))
                    .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FULL));
            appendAll(log, written, 10);
        }
        assertHolds(written);
    }

    @Test
    void largestEntryFitsAsTheFirstAfterCleanStop() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        recovered().close();
        try (Log log = recovered()) {
            appendAll(log, written, log.maxEntryBytes());
        }
        assertHolds(written);
    }

    @Test
    void payloadIsTakenFromPositionToLimitAndNotKept() throws StorageException {
        ByteBuffer payload = ByteBuffer.wrap(new byte[]{9, 1, 2, 3, 9}).position(1).limit(4);
        try (Log log = recovered()) {
            log.append(1, payload);
            payload.put(1, (byte) 7);
            log.append(2, ByteBuffer.allocateDirect(3).put(new byte[]{4, 5, 6}).flip().asReadOnlyBuffer());
        }
        assertHolds(List.of(new byte[]{1, 2, 3}, new byte[]{4, 5, 6}));
    }

    @Test
    void visitedPayloadIsReadOnly() throws StorageException {
        try (Log log = recovered()) {
            log.append(1, ByteBuffer.allocate(1));
        }
        try (Log log = open()) {
            log.recover((sequence, payload) -> assertThatThrownBy(() -> payload.put(0, (byte) 1))
                    .isInstanceOf(ReadOnlyBufferException.class));
        }
    }

    @Test
    void sequenceOutOfOrderIsRefusedWithoutHarm() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        try (Log log = recovered()) {
            appendAll(log, written, 10, 10);
            for (long sequence : new long[]{0, 1, 2, 4}) {
                assertThatThrownBy(() -> log.append(sequence, ByteBuffer.allocate(1)))
                        .isInstanceOf(IllegalStateException.class);
            }
            appendAll(log, written, 10);
        }
        assertHolds(written);
    }

    @Test
    void appendsTakeFromTheFreeBytes() throws StorageException {
        try (Log log = recovered()) {
            long before = log.freeBytes();
            log.append(1, ByteBuffer.allocate(10_000));
            assertThat(log.freeBytes()).isLessThanOrEqualTo(before - 10_000).isPositive();
        }
    }

    @Test
    void exceptionOfTheVisitorEndsTheRecovery() throws StorageException {
        List<byte[]> written = new ArrayList<>();
        try (Log log = recovered()) {
            appendAll(log, written, 10, 10, 10);
        }
        try (Log log = open()) {
            assertThatThrownBy(() -> log.recover((sequence, payload) -> {
                throw new StorageException(Kind.DAMAGED, "cannot read entry " + sequence);
            })).hasMessage("cannot read entry 1");
            assertThatThrownBy(() -> log.append(4, ByteBuffer.allocate(1)))
                    .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED));
        }
        assertHolds(written);
    }

    @Test
    void nothingIsTakenBeforeRecoveryOrAfterClose() throws StorageException {
        Log log = open();
        assertThatThrownBy(() -> log.append(1, ByteBuffer.allocate(1))).isInstanceOf(IllegalStateException.class);
        log.recover(new LogContents());
        log.close();
        log.close();
        assertThatThrownBy(() -> log.append(1, ByteBuffer.allocate(1))).isInstanceOf(IllegalStateException.class);
        assertHolds(List.of());
    }

    private Log recovered() throws StorageException {
        Log log = open();
        log.recover(new LogContents());
        return log;
    }

    private void appendAll(Log log, List<byte[]> written, int... sizes) throws StorageException {
        for (int size : sizes) {
            byte[] payload = LogContents.randomPayload(random, size);
            log.append(written.size() + 1L, ByteBuffer.wrap(payload));
            written.add(payload);
        }
    }

    private void assertHolds(List<byte[]> written) throws StorageException {
        LogContents contents = new LogContents();
        try (Log log = open()) {
            assertThat(log.recover(contents)).isEqualTo(written.size());
        }
        assertThat(contents.sequences())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, written.size()).boxed().toList());
        assertThat(contents.payloads()).usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(written);
    }
}
