package io.holdfast.examples.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.examples.participant.OrderTicket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The journal of a finished run, read back from its file. */
public final class Journal {
    /**
     * One request and what came of it, as the client saw it.
     *
     * @param asked what the client asked for
     * @param first what the client was told at first
     * @param last  what it knew in the end
     */
    public record Entry(OrderTicket asked, Told first, Told last, String reason) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Entry> byRequest = new LinkedHashMap<>();

    private Journal() {
    }

    /** Reads a journal; a line that is not understood is an error, never skipped. */
    public static Journal read(Path path) throws IOException {
        Journal journal = new Journal();
        for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
            journal.add(JSON.readValue(line, JournalLine.class));
        }
        return journal;
    }

    /** All requests in the order in which they were placed. */
    public Collection<Entry> entries() {
        return byRequest.values();
    }

    private void add(JournalLine line) throws IOException {
        Entry before = byRequest.get(line.requestId());
        switch (line.event()) {
            case PLACED -> {
                if (before != null) {
                    throw new IOException("the journal has request " + line.requestId() + " twice");
                }
                OrderTicket asked = line.asked();
                if (asked == null) {
                    throw new IOException("the journal does not say what request " + line.requestId() + " asked for");
                }
                byRequest.put(line.requestId(), new Entry(asked, Told.UNKNOWN, Told.UNKNOWN, ""));
            }
            case TOLD -> byRequest.put(line.requestId(),
                    new Entry(require(before, line).asked(), line.told(), line.told(), line.reason()));
            case RESOLVED -> {
                Entry told = require(before, line);
                byRequest.put(line.requestId(), new Entry(told.asked(), told.first(), line.told(), line.reason()));
            }
        }
    }

    private static Entry require(@Nullable Entry before, JournalLine line)
            throws IOException {
        if (before == null) {
            throw new IOException("the journal tells of request " + line.requestId() + ", which was never placed");
        }
        return before;
    }
}
