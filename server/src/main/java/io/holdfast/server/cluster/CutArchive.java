package io.holdfast.server.cluster;

import io.holdfast.raft.Cut;
import io.holdfast.raft.Mark;
import io.holdfast.raft.Members;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A cut on its way to another node: where it stands in the log, then file after file, then a checksum of everything. What is cut
 * off on the way, or changed, is not taken.
 */
final class CutArchive {

    private static final int MAGIC = 0x48_46_43_33;
    /** Of files of the store: no way out of its directory. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*");
    private static final int MOST_NAME_CHARS = 1_000;
    private static final int MOST_FILES = 1_000_000;
    private static final int CHUNK_BYTES = 1 << 20;

    private CutArchive() {
    }

    /** Writes it; does not close {@code to}. */
    static void write(OfferedCut offered, OutputStream to) throws IOException {
        CheckedOutputStream summed = new CheckedOutputStream(to, new CRC32C());
        DataOutputStream out = new DataOutputStream(summed);
        List<Path> files;
        try (Stream<Path> all = Files.walk(offered.store())) {
            files = all.filter(Files::isRegularFile).map(offered.store()::relativize).sorted().toList();
        }
        out.writeInt(MAGIC);
        out.writeLong(offered.cut().sequence());
        out.writeLong(offered.cut().term());
        out.writeLong(offered.cut().index());
        out.writeUTF(offered.cut().members().text());
        writeMark(offered.mark(), out);
        out.writeInt(files.size());
        byte[] chunk = new byte[CHUNK_BYTES];
        for (Path file : files) {
            Path from = offered.store().resolve(file);
            long bytes = Files.size(from);
            out.writeUTF(file.toString());
            out.writeLong(bytes);
            try (InputStream in = Files.newInputStream(from)) {
                copy(in, out, bytes, chunk);
            }
        }
        out.writeLong(summed.getChecksum().getValue());
        out.flush();
    }

    private static void writeMark(@Nullable Mark mark, DataOutputStream out) throws IOException {
        out.writeBoolean(mark != null);
        if (mark != null) {
            out.writeLong(mark.term());
            out.writeLong(mark.index());
            out.writeUTF(mark.leader());
            out.writeLong(mark.sequence());
            out.writeUTF(mark.members().text());
        }
    }

    private static ReceivedCut readCut(DataInputStream in) throws IOException {
        try {
            return new ReceivedCut(new Cut(in.readLong(), in.readLong(), in.readLong(), Members.parse(in.readUTF())),
                    readMark(in));
        } catch (IllegalArgumentException e) {
            throw new IOException("the cut is damaged: " + e.getMessage(), e);
        }
    }

    private static @Nullable Mark readMark(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? new Mark(in.readLong(), in.readLong(), in.readUTF(), in.readLong(), Members.parse(in.readUTF()))
                : null;
    }

    private static void copy(InputStream from, OutputStream to, long bytes, byte[] chunk) throws IOException {
        for (long left = bytes; left > 0;) {
            int read = from.read(chunk, 0, (int) Math.min(left, chunk.length));
            if (read < 0) {
                throw new IOException("the cut ends " + left + " bytes before the end of a file");
            }
            to.write(chunk, 0, read);
            left -= read;
        }
    }

    /**
     * Reads it into a directory, which must be empty, and makes it durable but for the name of the directory.
     *
     * @param keepFreeBytes room on the disk that is not taken
     * @throws IOException if it is damaged, cut off or does not fit
     */
    static ReceivedCut read(InputStream from, Path directory, long keepFreeBytes) throws IOException {
        CheckedInputStream summed = new CheckedInputStream(from, new CRC32C());
        DataInputStream in = new DataInputStream(summed);
        if (in.readInt() != MAGIC) {
            throw new IOException("this is no cut");
        }
        ReceivedCut cut = readCut(in);
        int files = in.readInt();
        if (files < 1 || files > MOST_FILES) {
            throw new IOException("a cut of " + files + " files is damaged");
        }
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int i = 0; i < files; i++) {
            readFile(in, directory, keepFreeBytes, chunk);
        }
        long expected = summed.getChecksum().getValue();
        if (in.readLong() != expected) {
            throw new IOException("the checksum of the cut is wrong");
        }
        syncDirectories(directory);
        return cut;
    }

    private static void readFile(DataInputStream in, Path directory, long keepFreeBytes, byte[] chunk)
            throws IOException {
        String name = in.readUTF();
        long bytes = in.readLong();
        if (name.length() > MOST_NAME_CHARS || !NAME.matcher(name).matches() || bytes < 0) {
            throw new IOException("the cut is damaged: it has a file " + name + " of " + bytes + " bytes");
        }
        Path file = directory.resolve(name);
        if (directory.toFile().getUsableSpace() - bytes < keepFreeBytes) {
            throw new IOException(
                    "no room for the cut: " + name + " needs " + bytes + " bytes, the disk of " + directory
                            + " has " + directory.toFile().getUsableSpace() + " left, of which " + keepFreeBytes
                            + " are kept for the server");
        }
        Files.createDirectories(file.resolveSibling("."));
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long left = bytes; left > 0;) {
                int read = in.read(chunk, 0, (int) Math.min(left, chunk.length));
                if (read < 0) {
                    throw new IOException("the cut ends within " + name);
                }
                ByteBuffer piece = ByteBuffer.wrap(chunk, 0, read);
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
                left -= read;
            }
            out.force(true);
        }
    }

    private static void syncDirectories(Path directory) throws IOException {
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
}
