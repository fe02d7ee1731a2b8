package io.holdfast.server.data;

import com.google.protobuf.CodedOutputStream;
import io.holdfast.wire.log.v1.DumpedEntry;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.LogDump;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** How one entry is written. Thread-safe: no state. */
interface DumpFormat {

    void write(DumpedEntry entry, OutputStream out) throws IOException;

    static DumpFormat of(LogDumpCommand.Format format) {
        return switch (format) {
            case TEXT -> DumpFormat::text;
            case JSON -> DumpFormat::json;
            case PROTO -> DumpFormat::proto;
        };
    }

    /** Tabs between sequence, logical time, wall time, gid and what the command does; a line for a tick too. */
    private static void text(DumpedEntry entry, OutputStream out) throws IOException {
        String start = entry.getSequence() + "\t" + entry.getNowMillis() + "\t"
                + Instant.ofEpochMilli(entry.getWallMillis()) + "\t";
        if (entry.getCommandsCount() == 0) {
            line(start + "-\ttick", out);
        }
        for (LogCommand command : entry.getCommandsList()) {
            String gid = CommandText.gid(command);
            line(start + (gid.isEmpty() ? "-" : CommandText.printable(gid)) + "\t"
                    + CommandText.printable(CommandText.of(command)), out);
        }
    }

    private static void line(String line, OutputStream out) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void json(DumpedEntry entry, OutputStream out) throws IOException {
        line(MessageJson.of(entry).toString(), out);
    }

    /** As an element of the repeated field of a {@link LogDump}: all of them together are one. */
    private static void proto(DumpedEntry entry, OutputStream out) throws IOException {
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        coded.writeMessage(LogDump.ENTRIES_FIELD_NUMBER, entry);
        coded.flush();
    }
}
