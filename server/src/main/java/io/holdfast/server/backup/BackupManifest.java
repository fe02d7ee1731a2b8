package io.holdfast.server.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code BACKUP}, which makes a directory of files a backup. Written last. The lines between the first and the last are
 * those of {@code sha256sum}, so that {@code sha256sum -c BACKUP} checks them too; the last one has the SHA-256 of all before it.
 *
 * @param cut         the entry up to which the backup has everything
 * @param wallMillis  wall time of that entry
 * @param unfinished  transactions that were unfinished then
 * @param files       SHA-256 by path, relative and with slashes
 * @param sha256      of all but the last line, which holds it: it tells one backup from every other
 */
record BackupManifest(long cut, long wallMillis, long unfinished, Map<String, String> files, String sha256) {

    static final String NAME = "BACKUP";

    private static final int FORMAT = 1;
    private static final long MAX_BYTES = 64L << 20;
    private static final Pattern HEAD = Pattern.compile(
            "# holdfast-backup format=(\\d{1,9})(?: cut=(\\d{1,18}) wall=(\\d{1,18}) unfinished=(\\d{1,18}) .*|.*)");
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._/-]{0,255})");
    private static final Pattern TAIL = Pattern.compile("# sha256=([0-9a-f]{64})");

    BackupManifest {
        files = Map.copyOf(files);
    }

    /** One that is to be written. */
    BackupManifest(long cut, long wallMillis, long unfinished, Map<String, String> files) {
        this(cut, wallMillis, unfinished, files, sum(text(cut, wallMillis, unfinished, files)));
    }

    private static String text(long cut, long wallMillis, long unfinished, Map<String, String> files) {
        StringBuilder text = new StringBuilder(
                "# holdfast-backup format=" + FORMAT + " cut=" + cut + " wall=" + wallMillis
                        + " unfinished=" + unfinished + " (" + Instant.ofEpochMilli(wallMillis) + ")\n");
        new TreeMap<>(files).forEach((file, sum) -> text.append(sum).append("  ").append(file).append('\n'));
        return text.toString();
    }

    /** Writes it into a directory, durably. */
    void write(Path directory) throws IOException {
        String text = text(cut, wallMillis, unfinished, files) + "# sha256=" + sha256 + "\n";
        Path file = directory.resolve(NAME);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        SummedFiles.syncDirectory(directory);
    }

    /** Reads that of a directory, and checks it, but not the files. */
    static BackupManifest read(Path directory) throws IOException, BackupException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new BackupException(
                    directory + " is no backup, or one that was never completed: there is no file " + file);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw damaged(file, "it is too long");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        List<String> lines = text.lines().toList();
        Matcher tail = TAIL.matcher(lines.isEmpty() ? "" : lines.getLast());
        if (!text.endsWith("\n") || !tail.matches()
                || !sum(text.substring(0, text.lastIndexOf(lines.getLast()))).equals(tail.group(1))) {
            throw damaged(file, "it does not end with its own SHA-256");
        }
        Matcher head = HEAD.matcher(lines.getFirst());
        if (!head.matches() || Integer.parseInt(head.group(1)) != FORMAT || head.group(2) == null) {
            throw new BackupException(
                    file + " is not of format " + FORMAT + ", which this build reads: \"" + lines.getFirst()
                            + "\"");
        }
        return new BackupManifest(Long.parseLong(head.group(2)), Long.parseLong(head.group(3)),
                Long.parseLong(head.group(4)),
                files(file, lines.subList(1, lines.size() - 1)), tail.group(1));
    }

    private static Map<String, String> files(Path file, List<String> lines) throws BackupException {
        Map<String, String> files = new TreeMap<>();
        for (String line : lines) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches() || parts.group(2).contains("..")) {
                throw damaged(file, "a line is \"" + line + "\"");
            }
            files.put(parts.group(2), parts.group(1));
        }
        return files;
    }

    private static BackupException damaged(Path file, String why) {
        return new BackupException("the backup is damaged: " + file + ": " + why);
    }

    private static String sum(String text) {
        return HexFormat.of().formatHex(SummedFiles.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
