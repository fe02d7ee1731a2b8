package io.holdfast.server.cluster;

import io.holdfast.raft.Cut;
import io.holdfast.raft.Mark;
import io.holdfast.raft.Members;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts the cut of another node in the place of the store of this one. Each step is durable before the next, so that a process which
 * dies on the way goes on when it comes back: {@link #receive}, then {@link #isAccepted} until {@link #done}.
 * <p>
 * For one thread, while nobody uses the store except during {@link #receive}.
 */
public final class IncomingCut {

    /** A line for the cut and one for its members; then the same for the mark, if there is one. */
    private static final Pattern NOTE = Pattern.compile("(\\d{1,18}) (\\d{1,18}) (-?\\d{1,18})\n(.+)\n"
            + "((\\d{1,18}) (\\d{1,18}) (\\S+) (\\d{1,18})\n(.+)\n)?");

    private final Path root;
    private final Path store;
    private final Path incoming;
    private final Path replaced;
    private final Path marker;

    /**
     * @param root  directory of the server
     * @param store directory of its store, right below
     */
    public IncomingCut(Path root, Path store) {
        this.root = root;
        this.store = store;
        this.incoming = root.resolve("store.incoming");
        this.replaced = root.resolve("store.replaced");
        this.marker = root.resolve("store.incoming.cut");
    }

    /**
     * Takes a cut in, beside the store.
     *
     * @param keepFreeBytes room on the disk that is not taken
     * @throws IOException if it is damaged, cut off or does not fit; the store is as it was then
     */
    public ReceivedCut receive(InputStream from, long keepFreeBytes) throws IOException {
        deleteAll(incoming);
        Files.createDirectories(incoming);
        ReceivedCut cut = CutArchive.read(from, incoming, keepFreeBytes);
        CutArchive.syncDirectory(root);
        return cut;
    }

    /** From now on what was received is going to be the store, whatever happens. */
    public void accept(ReceivedCut received) throws IOException {
        DurableFile.replace(marker, text(received).getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ReceivedCut received) {
        Cut cut = received.cut();
        Mark mark = received.mark();
        return cut.sequence() + " " + cut.term() + " " + cut.index() + "\n" + cut.members().text() + "\n"
                + (mark == null
                        ? ""
                        : mark.term() + " " + mark.index() + " " + mark.leader() + " " + mark.sequence() + "\n"
                                + mark.members().text() + "\n");
    }

    private static ReceivedCut parse(String text) throws IOException {
        Matcher note = NOTE.matcher(text);
        if (!note.matches()) {
            throw new IOException("the note of an accepted cut is not what was written: " + text.strip());
        }
        Cut cut = new Cut(Long.parseLong(note.group(1)), Long.parseLong(note.group(2)), Long.parseLong(note.group(3)),
                Members.parse(note.group(4)));
        return new ReceivedCut(cut, note.group(5) == null
                ? null
                : new Mark(Long.parseLong(note.group(6)), Long.parseLong(note.group(7)), note.group(8),
                        Long.parseLong(note.group(9)), Members.parse(note.group(10))));
    }

    /** Whether a cut was accepted and is not done. */
    public boolean isAccepted() {
        return Files.exists(marker);
    }

    /** Whether a node without a log can begin with what was accepted. */
    public boolean canBegin() throws IOException {
        return parse(Files.readString(marker)).mark() != null && (Files.exists(incoming) || Files.exists(store));
    }

    /** Throws away what was accepted. */
    public void abandon() throws IOException {
        Files.deleteIfExists(marker);
        CutArchive.syncDirectory(root);
    }

    /** Puts the accepted cut in the place of the store, and returns it. The log has to be told, then {@link #done}. */
    public ReceivedCut replaceStore() throws IOException {
        ReceivedCut cut = parse(Files.readString(marker));
        if (Files.exists(incoming)) {
            if (Files.exists(store)) {
                deleteAll(replaced);
                Files.move(store, replaced, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(incoming, store, StandardCopyOption.ATOMIC_MOVE);
            CutArchive.syncDirectory(root);
        }
        return cut;
    }

    /** Store and log have the cut. */
    public void done() throws IOException {
        Files.deleteIfExists(marker);
        CutArchive.syncDirectory(root);
        deleteRemains();
    }

    /** Deletes what was never accepted, or is not needed any more. */
    public void deleteRemains() throws IOException {
        if (!isAccepted()) {
            deleteAll(incoming);
            deleteAll(replaced);
        }
    }

    private static void deleteAll(Path directory) throws IOException {
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
