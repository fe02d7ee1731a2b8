package io.holdfast.examples.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.examples.participant.OrderTicket;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends to the client's journal, one JSON object per line. Thread-safe. */
public final class JournalWriter implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BufferedWriter file;

    public JournalWriter(Path path) throws IOException {
        file = Files.newBufferedWriter(path, StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Notes that a request is about to be sent, what it asks for, and what the client expects to pay to whom. */
    public void placed(OrderTicket asked) {
        append(new JournalLine(JournalLine.Event.PLACED, asked.requestId(), Told.UNKNOWN, "", asked,
                System.currentTimeMillis()));
    }

    /** Notes what the client was told. */
    public void told(String requestId, Told told, String reason) {
        append(new JournalLine(JournalLine.Event.TOLD, requestId, told, reason, null, System.currentTimeMillis()));
    }

    /** Notes what the client found out later. */
    public void resolved(String requestId, Told told, String reason) {
        append(new JournalLine(JournalLine.Event.RESOLVED, requestId, told, reason, null, System.currentTimeMillis()));
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private synchronized void append(JournalLine line) {
        try {
            file.write(JSON.writeValueAsString(line));
            file.newLine();
            file.flush();
        } catch (IOException e) {
            // Without its evidence a run proves nothing: it has to stop.
            throw new UncheckedIOException("the client's journal cannot be written", e);
        }
    }
}
