package io.holdfast.engine.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf messages in memory, read field by field without the generated classes: a start reads a million of them. Not
 * thread-safe: it remembers texts that come again and again.
 */
final class MessageInput {

    private final RepeatedTexts repeated = new RepeatedTexts();
    private byte[] bytes = new byte[0];
    private int offset;
    private CodedInputStream in = CodedInputStream.newInstance(bytes);
    private int tag;
    private int enteredAt;
    private int enteredBytes;

    /** Reads the message that stands there from now on. */
    void open(byte[] from, int fromOffset, int length) {
        bytes = from;
        offset = fromOffset;
        in = CodedInputStream.newInstance(from, fromOffset, length);
    }

    /** Number of the next field; 0 at the end of the message. */
    int nextField() throws IOException {
        tag = in.readTag();
        return WireFormat.getTagFieldNumber(tag);
    }

    /** Passes over the field that {@link #nextField} named. */
    void skip() throws IOException {
        in.skipField(tag);
    }

    /** Goes into the message that is the value of the field; {@link #leave} takes back what this returns. */
    int enter() throws IOException {
        enteredBytes = in.readRawVarint32();
        enteredAt = offset + in.getTotalBytesRead();
        return in.pushLimit(enteredBytes);
    }

    /** The message entered last, of which only the first {@link #nextField} was read, by its generated class. */
    <T> T whole(Parser<T> parser) throws IOException {
        if (tag != 0) {
            // Checks that so many bytes are there.
            in.skipField(tag);
        }
        return parser.parseFrom(bytes, enteredAt, enteredBytes);
    }

    void leave(int outer) {
        in.popLimit(outer);
    }

    int int32() throws IOException {
        return in.readInt32();
    }

    int fixed32() throws IOException {
        return in.readFixed32();
    }

    long int64() throws IOException {
        return in.readInt64();
    }

    int enumNumber() throws IOException {
        return in.readEnum();
    }

    boolean bool() throws IOException {
        return in.readBool();
    }

    String text() throws IOException {
        return in.readStringRequireUtf8();
    }

    /** A text that other messages are likely to have too. */
    String repeatedText() throws IOException {
        int length = in.readRawVarint32();
        int at = offset + in.getTotalBytesRead();
        // Checks that so many bytes are there.
        in.skipRawBytes(length);
        return repeated.text(bytes, at, length);
    }

    /** A copy. */
    byte[] bytes() throws IOException {
        return in.readByteArray();
    }

    /** Reads one message. */
    interface Reading<T extends @Nullable Object> {
        T read() throws IOException;
    }

    /** Bytes in memory fail in one way only: they are no message. The records refuse values that no core ever had. */
    static <T extends @Nullable Object> T read(Reading<T> reading) throws InvalidProtocolBufferException {
        try {
            return reading.read();
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException | IllegalStateException e) {
            throw new InvalidProtocolBufferException(e.getMessage(), new IOException(e));
        }
    }
}
