package io.holdfast.store;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file {@code STORE}: one line of text that says what lies beside it. Written before anything else exists and after each
 * cut, so that neither a directory whose files were lost nor one that went back to an earlier cut passes for a good one.
 *
 * @param storeId drawn when the store was created; the database beside it carries the same
 * @param cut     a sequence that the last cut has reached; {@link #CREATING} while the database is being created
 */
record StoreFile(long storeId, long cut) {

    static final String NAME = "STORE";
    static final int FORMAT = 1;
    static final long CREATING = -1;

    private static final String NEXT = "STORE.next";
    private static final Pattern LINE = Pattern
            .compile(
                    "holdfast-store format=(\\d{1,9}) (?:(id=([0-9a-f]{16}) cut=(-1|\\d{1,18})) crc32c=([0-9a-f]{8})|.*)\n",
                    Pattern.DOTALL);
    private static final long MAX_BYTES = 4096;

    /** Whether there is such a file. */
    static boolean existsIn(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    static StoreFile read(Path directory, StoreErrors errors) throws StorageException {
        Path file = directory.resolve(NAME);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw errors.damaged(file + " is too long");
            }
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1), file, errors);
        } catch (IOException e) {
            throw errors.failed("read " + file, e);
        }
    }

    private static StoreFile parse(String text, Path file, StoreErrors errors) throws StorageException {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            throw errors.damaged(file + " is not what a store writes");
        }
        if (Integer.parseInt(line.group(1)) != FORMAT) {
            throw new StorageException(Kind.DAMAGED, file + " says format " + line.group(1) + "; this build reads "
                    + FORMAT + ": the store was written by a newer one, or the file is damaged");
        }
        if (line.group(2) == null
                || !String.format("%08x", crc32c(line.group(2))).equals(line.group(5))) {
            throw errors.damaged(file + " has a wrong checksum");
        }
        return new StoreFile(Long.parseUnsignedLong(line.group(3), 16), Long.parseLong(line.group(4)));
    }

    /** Replaces the file, durably. */
    void write(Path directory) throws IOException {
        String content = String.format("id=%016x cut=%d", storeId, cut);
        String line = String.format("holdfast-store format=%d %s crc32c=%08x%n", FORMAT, content, crc32c(content));
        Path next = directory.resolve(NEXT);
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    /** Makes names in a directory durable. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Whether this name is one that the store writes before the database exists. */
    static boolean isOwn(String name) {
        return name.equals(NAME) || name.equals(NEXT) || name.equals(DirectoryLock.FILE);
    }

    private static int crc32c(String content) {
        CRC32C crc = new CRC32C();
        crc.update(content.getBytes(StandardCharsets.ISO_8859_1));
        return (int) crc.getValue();
    }
}
