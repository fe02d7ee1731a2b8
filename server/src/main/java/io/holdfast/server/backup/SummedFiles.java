package io.holdfast.server.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Reads and copies files with their SHA-256, and makes what it writes durable. */
final class SummedFiles {

    /**
     * Made durable at once: much that is written in one go and waits for the disk would hold up the log, whose writes wait for the
     * same disk.
     */
    private static final int CHUNK_BYTES = 4 << 20;

    private SummedFiles() {
    }

    /** Is told of every piece before it is read, and may end the work by throwing. */
    interface Steps {
        void next(long bytes) throws BackupException;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The SHA-256 of a file, in hexadecimal digits. */
    static String sum(Path file, Steps steps) throws IOException, BackupException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            while (fill(in, buffer, steps)) {
                digest.update(buffer);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Copies a file to where there is none, durably but for its name; returns the SHA-256 of what was copied. */
    static String copy(Path from, Path to, Steps steps) throws IOException, BackupException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (fill(in, buffer, steps)) {
                digest.update(buffer.duplicate());
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                out.force(true);
            }
            out.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static boolean fill(FileChannel in, ByteBuffer buffer, Steps steps) throws IOException, BackupException {
        buffer.clear();
        while (buffer.hasRemaining() && in.read(buffer) >= 0) {
            // The buffer counts.
        }
        buffer.flip();
        steps.next(buffer.remaining());
        return buffer.hasRemaining();
    }

    /** All files below a directory, as paths relative to it, sorted. */
    static List<Path> below(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).map(directory::relativize).sorted().toList();
        }
    }

    /** Makes the names in a directory, and in those below it, durable. */
    static void syncDirectories(Path directory) throws IOException {
        List<Path> directories;
        try (Stream<Path> all = Files.walk(directory)) {
            directories = all.filter(Files::isDirectory).toList();
        }
        for (Path each : directories) {
            syncDirectory(each);
        }
    }

    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a directory and all that is in it, if it exists. */
    static void deleteAll(Path directory) throws IOException {
        if (Files.exists(directory)) {
            List<Path> deepestFirst;
            try (Stream<Path> files = Files.walk(directory)) {
                deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
