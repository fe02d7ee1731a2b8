package io.holdfast.tests.faults;

import io.holdfast.api.State;
import io.holdfast.tests.faults.Asked.Answer;
import io.holdfast.tests.faults.Asked.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one process of clients asks and is told, as lines of text: each is in the file before its request is sent, or right after
 * its answer came, so that SIGKILL takes no more than the last line. Thread-safe.
 */
final class HistoryFile implements AutoCloseable {

    private static final String ASKED = "asked";
    private static final String TOLD = "told";
    private static final String NONE = "-";
    private static final int ASKED_FIELDS = 7;
    private static final int TOLD_FIELDS = 8;

    private final FileChannel file;

    HistoryFile(Path path) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Before it is sent. */
    void asked(Asked what) {
        line(ASKED, what.who(), what.number(), what.operation(), what.gid(), what.node(), what.askedNanos());
    }

    /** After its answer came. */
    void told(Asked what, Answer answer) {
        line(TOLD, what.who(), what.number(), answer.nanos(), answer.status(),
                answer.code().isEmpty() ? NONE : answer.code(), answer.state() == null ? NONE : answer.state().name(),
                answer.changed());
    }

    private synchronized void line(Object... fields) {
        List<String> words = new ArrayList<>();
        for (Object field : fields) {
            words.add(String.valueOf(field));
        }
        ByteBuffer bytes = ByteBuffer.wrap((String.join(" ", words) + "\n").getBytes(StandardCharsets.US_ASCII));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that is in a file, in the order of the requests. A line without an end is as if it had not been written. */
    static List<Asked> read(Path path) throws IOException {
        String text = Files.readString(path, StandardCharsets.US_ASCII);
        Map<String, Asked> found = new LinkedHashMap<>();
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            String key = words[1] + " " + words[2];
            if (words[0].equals(ASKED) && words.length == ASKED_FIELDS) {
                found.put(key, new Asked(words[1], Integer.parseInt(words[2]), Operation.valueOf(words[3]), words[4],
                        Integer.parseInt(words[5]), Long.parseLong(words[6]), null));
            } else if (words[0].equals(TOLD) && words.length == TOLD_FIELDS) {
                Answer answer = new Answer(Long.parseLong(words[3]), Integer.parseInt(words[4]),
                        words[5].equals(NONE) ? "" : words[5],
                        words[6].equals(NONE) ? null : State.valueOf(words[6]), Boolean.parseBoolean(words[7]));
                if (found.computeIfPresent(key, (same, asked) -> asked.answered(answer)) == null) {
                    throw new AssertionError(path + " has an answer without a request: " + line);
                }
            } else {
                throw new AssertionError(path + " has a line that is none: " + line);
            }
        });
        return List.copyOf(found.values());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
