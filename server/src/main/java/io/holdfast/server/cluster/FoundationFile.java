package io.holdfast.server.cluster;

import io.holdfast.engine.StorageException;
import io.holdfast.engine.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file in the directory of a server that says with what its node founds a group. As long as it has its first name the node has
 * taken part in nothing; from the moment in which the log is going to run it has the second one, and only tells where the group
 * comes from. For one thread.
 */
public final class FoundationFile {

    private static final Pattern TEXT = Pattern.compile(
            "(holdfast foundation 1\nbackup=([0-9a-f]{64})\ncut=(\\d{1,18})\n)crc32c=([0-9a-f]{8})\n");
    private static final int MOST_BYTES = 1_024;

    private final Path unused;
    private final Path used;

    /** @param root directory of the server */
    public FoundationFile(Path root) {
        unused = root.resolve("foundation");
        used = root.resolve("foundation.used");
    }

    /** Durable on return. */
    public void write(Foundation foundation) throws StorageException {
        String text = "holdfast foundation 1\nbackup=" + foundation.backup() + "\ncut=" + foundation.cut() + "\n";
        try {
            DurableFile.replace(unused, (text + "crc32c=" + checksum(text) + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw failed(unused, e);
        }
    }

    /**
     * With what this node can found a group; null for nothing.
     *
     * @throws StorageException if the file is damaged
     */
    public @Nullable Foundation unused() throws StorageException {
        return read(unused);
    }

    /**
     * With what this node has founded its group; null for nothing, or if it came later.
     *
     * @throws StorageException if the file is damaged
     */
    public @Nullable Foundation used() throws StorageException {
        return read(used);
    }

    /** From now on the log of this node goes on without it, if it has one. Durable on return. */
    public void retire() throws StorageException {
        try {
            if (Files.exists(unused)) {
                Files.move(unused, used, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                CutArchive.syncDirectory(unused.resolveSibling("."));
            }
        } catch (IOException e) {
            throw failed(unused, e);
        }
    }

    private static @Nullable Foundation read(Path file) throws StorageException {
        try {
            if (!Files.exists(file)) {
                return null;
            }
            String text = Files.size(file) > MOST_BYTES ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches() || !checksum(matcher.group(1)).equals(matcher.group(4))) {
                throw new StorageException(Kind.DAMAGED, "the file " + file + " is damaged: it is not what was written."
                        + " Nothing was changed. Empty the directory and restore the backup again");
            }
            return new Foundation(matcher.group(2), Long.parseLong(matcher.group(3)));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static StorageException failed(Path file, IOException cause) {
        return new StorageException(Kind.FAILED, file + " cannot be read or written: " + cause, cause);
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return "%08x".formatted(crc.getValue());
    }
}
