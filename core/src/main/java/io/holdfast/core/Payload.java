package io.holdfast.core;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * An immutable body: what a branch is called with, or what its Try returned. The core passes it on and keeps only its size.
 * The constructor takes ownership of the array; nobody may write to it afterwards.
 */
public final class Payload {

    /** The absent body. */
    public static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps {@code bytes} without copying. */
    public static Payload of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Payload(bytes);
    }

    /** The bytes themselves, not a copy: read only. */
    public byte[] bytes() {
        return bytes;
    }

    public int sizeBytes() {
        return bytes.length;
    }

    /** A checksum of the contents: tells apart what differs by accident, not what was made to collide. */
    int crc32c() {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Payload[" + bytes.length + " bytes]";
    }
}
