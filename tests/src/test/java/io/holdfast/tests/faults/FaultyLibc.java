package io.holdfast.tests.faults;

import io.holdfast.testkit.component.Components;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;

/**
 * What stands between one process and its C library ({@code faults.c}): its wall clock can be moved while it runs, and its syncs
 * can be slowed, held, and looked at. libfaketime would do for the clock, but it has no syncs, and it changes how a JVM waits.
 * Thread-safe.
 */
final class FaultyLibc {

    private static final int CLOCK_SECONDS = 0;
    private static final int SYNC_MILLIS = 8;
    private static final int HOLD_SYNCS = 16;
    private static final int HELD = 24;
    private static final int FILES_AT = 32;
    private static final int FILES = 128;
    private static final int FILE_BYTES = 16;

    private final Path library;
    private final Path orders;
    private final MappedByteBuffer page;

    /**
     * @param library what {@link #compile} made
     * @param orders  a file of this process alone; made here
     */
    FaultyLibc(Path library, Path orders) throws IOException {
        this.library = library;
        this.orders = orders;
        try (FileChannel file = FileChannel.open(orders, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            this.page = file.map(MapMode.READ_WRITE, 0, FILES_AT + FILES * FILE_BYTES);
            page.order(ByteOrder.nativeOrder());
        }
    }

    /** Skips the test where there is no compiler for C. */
    static Path compile(Path directory) throws IOException, InterruptedException {
        Path compiler = Components.required("install gcc and the headers of the C library", "gcc");
        Path source = directory.resolve("faults.c");
        try (InputStream in = Objects.requireNonNull(FaultyLibc.class.getResourceAsStream("faults.c"))) {
            Files.copy(in, source);
        }
        Path library = directory.resolve("libholdfastfaults.so");
        Commands.run(compiler.toString(), "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library.toString(),
                source.toString(), "-ldl");
        return library;
    }

    /** What the process has to be started with. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "HOLDFAST_FAULTS", orders.toString());
    }

    /** Wall time is so much later than it is, or earlier. */
    void moveClock(long seconds) {
        page.putLong(CLOCK_SECONDS, seconds);
    }

    /** Every sync that begins takes so much longer. */
    void slowSyncs(long millis) {
        page.putLong(SYNC_MILLIS, millis);
    }

    /** No sync that begins from now on ends, until {@link #heal}. */
    void holdSyncs() {
        page.putLong(HOLD_SYNCS, 1);
    }

    /** Threads of the process whose sync is held. */
    long held() {
        return page.getLong(HELD);
    }

    /** Up to where the open file of a log has been synced since the process began; -1 if it has not. */
    long durableBytes(Path file) throws IOException {
        long inode = (Long) Files.getAttribute(file, "unix:ino");
        for (int i = 0; i < FILES; i++) {
            int at = FILES_AT + (int) ((inode + i) % FILES) * FILE_BYTES;
            if (page.getLong(at) == inode) {
                return page.getLong(at + Long.BYTES);
            }
        }
        return -1;
    }

    /** The process behind it is gone: nothing is held any more, and what it has synced is no longer of interest. */
    void forget() {
        page.putLong(HELD, 0);
        for (int i = 0; i < FILES * FILE_BYTES; i += Long.BYTES) {
            page.putLong(FILES_AT + i, 0);
        }
    }

    /** Clock and disk are well. */
    void heal() {
        page.putLong(CLOCK_SECONDS, 0);
        page.putLong(SYNC_MILLIS, 0);
        page.putLong(HOLD_SYNCS, 0);
    }
}
