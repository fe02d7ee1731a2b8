package io.holdfast.raft;

import io.holdfast.engine.StorageException;
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
import org.jspecify.annotations.Nullable;

/**
 * The file that says through which entry a node has released its log, and whose node it is. It is replaced as a whole, so it is
 * either what it was or what it is to be.
 */
final class CutFile {

    /** Where a cut comes from, which says what the log has to hold. */
    enum Origin {
        /** This node has released its own entries: the log still holds the one of the cut. */
        RELEASED,
        /** Another node's: the log may end before it. */
        ACCEPTED
    }

    /**
     * What the file says.
     *
     * @param node id of the peer whose log it is
     */
    record Content(Cut cut, Origin origin, String node) {}

    private static final String FORMAT = "holdfast raft cut 2";
    private static final Pattern TEXT = Pattern.compile(
            "(" + FORMAT
                    + "\norigin=(\\w+)\nnode=(\\S+)\nsequence=(\\d{1,18})\nterm=(\\d{1,18})\nindex=(-?\\d{1,18})\nmembers=(.+)\n)"
                    + "crc32c=([0-9a-f]{8})\n");
    private static final int MAX_BYTES = 1_024 + Members.MAX_CHARS;

    private final RaftDirectory directory;

    CutFile(RaftDirectory directory) {
        this.directory = directory;
    }

    /** What is written; null if nothing ever was. */
    @Nullable
    Content read() throws StorageException {
        Path file = directory.cutFile();
        if (!Files.exists(file)) {
            return null;
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw directory.damaged(file, MAX_BYTES, "it is too long");
            }
            return parse(file, Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw directory.failed(file + " cannot be read", e);
        }
    }

    private Content parse(Path file, String text) throws StorageException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || !checksum(matcher.group(1)).equals(matcher.group(8))) {
            throw directory.damaged(file, 0, "it is not what was written");
        }
        try {
            Cut cut = new Cut(Long.parseLong(matcher.group(4)), Long.parseLong(matcher.group(5)),
                    Long.parseLong(matcher.group(6)), Members.parse(matcher.group(7)));
            return new Content(cut, Origin.valueOf(matcher.group(2)), matcher.group(3));
        } catch (IllegalArgumentException e) {
            throw directory.damaged(file, 0, String.valueOf(e.getMessage()));
        }
    }

    /** Durable on return. */
    void write(Content content) throws StorageException {
        Cut cut = content.cut();
        String text = FORMAT + "\norigin=" + content.origin() + "\nnode=" + content.node() + "\nsequence="
                + cut.sequence() + "\nterm=" + cut.term() + "\nindex=" + cut.index() + "\nmembers="
                + cut.members().text() + "\n";
        byte[] bytes = (text + "crc32c=" + checksum(text) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        Path file = directory.cutFile();
        Path next = file.resolveSibling("cut.next");
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        } catch (IOException e) {
            throw directory.failed(next + " cannot be written", e);
        }
        try {
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            RaftDirectory.sync(directory.root());
        } catch (IOException e) {
            throw directory.failed(file + " cannot be replaced", e);
        }
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return "%08x".formatted(crc.getValue());
    }
}
