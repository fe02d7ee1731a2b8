package io.holdfast.engine.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.holdfast.wire.log.v1.LogEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Puts encoded commands together to one entry, as protobuf would, without encoding them a second time: commands are encoded by
 * the threads that submit them, in parallel. Not thread-safe; the buffer is reused.
 */
public final class EntryWriter {

    private static final int HEADER_BYTES = 2 * 11;
    private static final int COMMAND_OVERHEAD_BYTES = 1 + 5;

    private byte[] buffer = new byte[64 * 1024];

    /** Upper bound of what a command of so many bytes adds to an entry. */
    public static int sizeInEntry(int commandBytes) {
        return commandBytes + COMMAND_OVERHEAD_BYTES;
    }

    /** Upper bound of an entry without commands. */
    public static int emptyEntryBytes() {
        return HEADER_BYTES;
    }

    /**
     * @param commands as {@link CommandEncoder#encode} made them
     * @return valid until the next call
     */
    public ByteBuffer write(long nowMillis, long wallMillis, List<byte[]> commands) {
        int bound = HEADER_BYTES;
        for (byte[] command : commands) {
            bound += sizeInEntry(command.length);
        }
        if (buffer.length < bound) {
            buffer = new byte[Math.max(bound, buffer.length * 2)];
        }
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        try {
            out.writeInt64(LogEntry.NOW_MILLIS_FIELD_NUMBER, nowMillis);
            out.writeInt64(LogEntry.WALL_MILLIS_FIELD_NUMBER, wallMillis);
            for (byte[] command : commands) {
                out.writeTag(LogEntry.COMMANDS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(command.length);
                out.writeRawBytes(command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory cannot fail", e);
        }
        return ByteBuffer.wrap(buffer, 0, out.getTotalBytesWritten());
    }
}
