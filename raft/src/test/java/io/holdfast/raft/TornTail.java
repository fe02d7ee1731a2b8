package io.holdfast.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What a process leaves that is killed while it writes an entry: its first pages, and zeros where the rest would be. */
final class TornTail {

    private static final int PAGE_BYTES = 4 << 10;
    private static final int ENTRY_BYTES = 30_000;

    private TornTail() {
    }

    /** The file that is written to; fails if there is none. */
    static Path openFile(RaftSettings settings) throws IOException {
        return files(settings, "log_inprogress_").getFirst();
    }

    static List<Path> files(RaftSettings settings, String prefix) throws IOException {
        Path current = settings.directory().resolve("ratis").resolve(settings.group().toString()).resolve("current");
        try (Stream<Path> files = Files.list(current)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
        }
    }

    /** Writes one behind the last entry, if there is a file to. */
    static void write(RaftSettings settings, SplittableRandom random) {
        try {
            List<Path> open = files(settings, "log_inprogress_");
            if (!open.isEmpty()) {
                append(open.getFirst(), random.nextInt(4), random);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param pages of the entry that were written, beside what fits into the page in which it begins */
    static void append(Path file, int pages, SplittableRandom random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long start = channel.size();
            int written = (int) (PAGE_BYTES - start % PAGE_BYTES) + pages * PAGE_BYTES;
            ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES + 2 * PAGE_BYTES);
            random.nextBytes(entry.array());
            // Its length, as a varint.
            entry.put(0, (byte) (ENTRY_BYTES & 0x7f | 0x80)).put(1, (byte) (ENTRY_BYTES >> 7 & 0x7f | 0x80)).put(2,
                    (byte) (ENTRY_BYTES >> 14));
            for (int i = written; i < entry.capacity(); i++) {
                entry.put(i, (byte) 0);
            }
            channel.write(entry, start);
        }
    }
}
