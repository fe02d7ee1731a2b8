package io.holdfast.raft;

import io.holdfast.engine.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log as Ratis writes it: a header, then entries, each as its length (varint), itself and a CRC32C (big endian) of
 * both. The last file is preallocated with zeros.
 * <p>
 * A write that did not end leaves whole pages as they were, which is zero: so an entry is torn, and was never synced, if the pages
 * at its end have never been written and nothing follows. Everything else that does not fit is damage.
 *
 * @param endIndex of the last entry as the name says; null for the file that is written to
 */
record SegmentFile(Path path, long startIndex, @Nullable Long endIndex) {

    /** Receives the entries of a file in order. */
    interface Visitor {
        void entry(LogEntryProto entry, long offset) throws StorageException;
    }

    private static final Pattern NAME = Pattern.compile("log_(?:(\\d{1,18})-(\\d{1,18})|inprogress_(\\d{1,18}))");
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_LENGTH_BYTES = 5;
    private static final int PAGE_BYTES = 4 << 10;

    /** The file of that name; null if it is none of the log. */
    static @Nullable SegmentFile of(Path path) {
        Matcher matcher = NAME.matcher(String.valueOf(path.getFileName()));
        if (!matcher.matches()) {
            return null;
        }
        if (matcher.group(3) != null) {
            return new SegmentFile(path, Long.parseLong(matcher.group(3)), null);
        }
        return new SegmentFile(path, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    boolean isOpen() {
        return endIndex == null;
    }

    /**
     * Reads all entries.
     *
     * @return where a torn entry begins that has to be cut off; -1 for none
     */
    long read(RaftDirectory directory, Visitor visitor) throws StorageException {
        ByteBuffer file;
        try {
            file = ByteBuffer.wrap(Files.readAllBytes(path));
        } catch (IOException e) {
            throw directory.failed(path + " cannot be read", e);
        }
        int written = writtenBytes(file);
        if (!startsWell(file, written)) {
            if (isOpen() && written < HEADER.length && prefixMatches(file, written)) {
                return 0;
            }
            throw directory.damaged(path, 0, "it does not begin as a file of the log");
        }
        int offset = HEADER.length;
        long nextIndex = startIndex;
        while (offset < written && (endIndex == null || nextIndex <= endIndex)) {
            Frame frame = frameAt(file, offset);
            if (frame == null) {
                if (isOpen() && isTorn(file, offset, written)) {
                    return offset;
                }
                throw directory.damaged(path, offset, "entry " + nextIndex + " is not what was written");
            }
            if (frame.entry.getIndex() != nextIndex) {
                throw directory.damaged(path, offset,
                        "entry " + frame.entry.getIndex() + " is where " + nextIndex + " should be");
            }
            visitor.entry(frame.entry, offset);
            nextIndex++;
            offset = frame.end;
        }
        if (endIndex != null && nextIndex != endIndex + 1) {
            throw directory.damaged(path, offset, "it ends after entry " + (nextIndex - 1) + " of " + endIndex);
        }
        return -1;
    }

    private record Frame(LogEntryProto entry, int end) {}

    /** The entry that begins there, if it is whole. */
    private static @Nullable Frame frameAt(ByteBuffer file, int offset) {
        long length = lengthAt(file, offset);
        if (length <= 0) {
            return null;
        }
        int start = offset + lengthBytes(length);
        long end = start + length + CHECKSUM_BYTES;
        if (end > file.limit()) {
            return null;
        }
        CRC32C crc = new CRC32C();
        crc.update(file.slice(offset, (int) (start + length - offset)));
        if ((int) crc.getValue() != file.getInt((int) (start + length))) {
            return null;
        }
        try {
            return new Frame(LogEntryProto.parseFrom(file.slice(start, (int) length)), (int) end);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /** The length that is written there; -1 if it is none. */
    private static long lengthAt(ByteBuffer file, int offset) {
        long length = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES && offset + i < file.limit(); i++) {
            int next = file.get(offset + i);
            length |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return length <= Integer.MAX_VALUE ? length : -1;
            }
        }
        return -1;
    }

    private static int lengthBytes(long length) {
        return (Long.SIZE - Long.numberOfLeadingZeros(length) + 6) / 7;
    }

    /** Whether the pages in which the entry would have ended were never written. */
    private static boolean isTorn(ByteBuffer file, int offset, int written) {
        long firstUnwritten = (written + PAGE_BYTES - 1L) / PAGE_BYTES * PAGE_BYTES;
        if (firstUnwritten - offset <= MAX_LENGTH_BYTES) {
            // Not even the length is whole.
            return true;
        }
        long length = lengthAt(file, offset);
        long end = offset + lengthBytes(length) + length + CHECKSUM_BYTES;
        // What the file does not have was not written either.
        return length > 0 && (end > firstUnwritten || end > file.limit());
    }

    /** Where the zeros at the end begin. */
    private static int writtenBytes(ByteBuffer file) {
        int end = file.limit();
        while (end >= Long.BYTES && file.getLong(end - Long.BYTES) == 0) {
            end -= Long.BYTES;
        }
        while (end > 0 && file.get(end - 1) == 0) {
            end--;
        }
        return end;
    }

    private static boolean startsWell(ByteBuffer file, int written) {
        return written >= HEADER.length && prefixMatches(file, HEADER.length);
    }

    private static boolean prefixMatches(ByteBuffer file, int bytes) {
        return file.slice(0, bytes).equals(ByteBuffer.wrap(HEADER, 0, bytes));
    }

    /** Cuts off everything from there on. Durable on return. */
    void cutAt(long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(offset);
            channel.force(true);
        }
    }

    /** What a process before this one has written and may not have synced is durable on return. */
    void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
