package io.holdfast.tests.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The file of a replicated log that is written to, which is preallocated with zeros. What is done to it is what a loss of power can
 * do to what was never synced.
 */
record OpenSegment(Path path) {

    private static final String NAME = "log_inprogress_";
    private static final int PAGE_BYTES = 4 << 10;

    /** The newest below a data directory. */
    static Optional<OpenSegment> of(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(NAME))
                    .max(Comparator.comparingLong(
                            file -> Long.parseLong(String.valueOf(file.getFileName()).substring(NAME.length()))))
                    .map(OpenSegment::new);
        }
    }

    /** Where the zeros at its end begin. */
    long writtenBytes() throws IOException {
        byte[] all = Files.readAllBytes(path);
        int end = all.length;
        while (end > 0 && all[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /**
     * Takes a part of what is behind {@code durable}: the file ends there, or pages of it were never written.
     *
     * @return how many bytes are gone; 0 if there was nothing to take
     */
    long tear(long durable, SplittableRandom random) throws IOException {
        long written = writtenBytes();
        if (durable < 0 || durable >= written) {
            return 0;
        }
        long at = random.nextLong(durable, written);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            if (random.nextBoolean()) {
                file.truncate(at);
                file.force(true);
                return written - at;
            }
            // A page is there as it was written, or as it was before.
            long page = (at + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
            ByteBuffer zeros = ByteBuffer.allocate((int) Math.max(0, written - page));
            while (zeros.hasRemaining()) {
                file.write(zeros, page + zeros.position());
            }
            file.force(true);
            return Math.max(0, written - page);
        }
    }
}
