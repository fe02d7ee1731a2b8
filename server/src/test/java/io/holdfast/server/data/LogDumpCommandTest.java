package io.holdfast.server.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.log.FileLog;
import io.holdfast.wire.log.v1.DumpedEntry;
import io.holdfast.wire.log.v1.LogCommand;
import io.holdfast.wire.log.v1.LogDump;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LogDumpCommandTest {

    private static final int BLOCK_BYTES = 4_096;

    @TempDir
    private Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();

    @Test
    void textHasALineForEachCommandAndEachTick() throws Exception {
        SampleLog.write(data).close();
        assertThat(dump()).isZero();
        List<String[]> lines = out.toString(StandardCharsets.UTF_8).lines().map(line -> line.split("\t", -1)).toList();
        assertThat(lines).hasSize(SampleLog.LINES).allMatch(columns -> columns.length == 5);
        assertThat(lines.stream().map(columns -> columns[3] + ": " + columns[4])).containsExactly("-: boot 1",
                "one: begin TCC, deadline 30000 ms",
                "two: begin SAGA, deadline 30000 ms, branch 01 (forward http://a/confirm, backward none, payload 3 bytes)",
                "one: register branch 01 (forward http://a/confirm, backward none, payload 3 bytes)",
                "one: decide confirm, Try result of 01 6 bytes", "one: confirm of branch 0: already done",
                "two: attempt failed: branch 0: no\\u000aanswer\\u001b[31m",
                "two: error noted: action of branch 0: refused",
                "two: attention needed: ten attempts failed", "-: tick", "two: operator ann: settle: as agreed",
                "two: action of branch 0: failed: sold out", "-: heartbeat of three", "-: activate version 1");
        assertThat(lines.get(1)).startsWith("2", "20", "2023-11-14T22:13:20.002Z");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void jsonHasAnObjectInALineForEachEntry() throws Exception {
        SampleLog.write(data).close();
        assertThat(dump("--format", "json")).isZero();
        List<JsonNode> entries = new ArrayList<>();
        for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            entries.add(new ObjectMapper().readTree(line));
        }
        assertThat(entries).hasSize(SampleLog.ENTRIES);
        assertThat(entries.get(0).at("/commands/0/boot/idSalt").asText()).isEqualTo("18446744073709551615");
        assertThat(entries.get(1).at("/commands/1/begin/branches/0/payload").binaryValue())
                .isEqualTo(SampleLog.PAYLOAD);
        assertThat(entries.get(3).at("/commands/0/decide/decision").asText()).isEqualTo("DECISION_CONFIRM");
        assertThat(entries.get(3).path("nowMillis").isIntegralNumber()).isTrue();
    }

    @Test
    void protoIsOneMessageWithACommandOfEveryKind() throws Exception {
        SampleLog.write(data).close();
        assertThat(dump("--format", "proto")).isZero();
        LogDump dump = LogDump.parseFrom(out.toByteArray());
        assertThat(dump.getEntriesList()).hasSize(SampleLog.ENTRIES);
        Set<LogCommand.CommandCase> missing = EnumSet.allOf(LogCommand.CommandCase.class);
        missing.remove(LogCommand.CommandCase.COMMAND_NOT_SET);
        for (DumpedEntry entry : dump.getEntriesList()) {
            entry.getCommandsList().forEach(command -> missing.remove(command.getCommandCase()));
        }
        assertThat(missing).isEmpty();
        assertThat(dump.getEntries(8)).isEqualTo(
                DumpedEntry.newBuilder().setSequence(9).setNowMillis(90).setWallMillis(1_700_000_000_009L).build());
    }

    @Test
    void gidShowsOnlyWhatIsAboutIt() throws Exception {
        SampleLog.write(data).close();
        assertThat(dump("--gid", "one", "--format", "proto")).isZero();
        LogDump dump = LogDump.parseFrom(out.toByteArray());
        assertThat(dump.getEntriesList().stream().map(DumpedEntry::getSequence)).containsExactly(2L, 3L, 4L, 5L);
        assertThat(dump.getEntries(0).getCommandsList()).hasSize(1);
        out.reset();
        assertThat(dump("--gid", "nobody")).isZero();
        assertThat(out.size()).isZero();
    }

    @Test
    void whileSomebodyWritesTheLastEntryIsLeftOut() throws Exception {
        try (FileLog log = SampleLog.write(data)) {
            assertThat(log.maxEntryBytes()).isPositive();
            assertThat(dump()).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("sold out").doesNotContain("activate");
            assertThat(err.toString()).contains("a server runs on this log; the last entry was left out");
        }
    }

    @Test
    void damageIsNamedAfterWhatIsGoodAndEndsWithOne() throws Exception {
        SampleLog.write(data).close();
        Path segment = data.resolve("log/log-000.seg");
        byte[] damaged = Files.readAllBytes(segment);
        damaged[5 * BLOCK_BYTES + 60] ^= 1;
        Files.write(segment, damaged);
        assertThat(dump()).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(5).last().asString()
                .contains("decide confirm");
        assertThat(err.toString()).contains(segment + " is damaged at offset " + 6 * BLOCK_BYTES
                + ": frame 5 is not valid, but here is a block of frame 6");
        assertThat(Files.readAllBytes(segment)).isEqualTo(damaged);
    }

    @Test
    void tornEndIsSaidAndNotCutOff() throws Exception {
        FileLog log = SampleLog.write(data);
        log.append(SampleLog.ENTRIES + 1L, ByteBuffer.allocate(BLOCK_BYTES));
        Path copy = data.resolve("copy");
        Files.createDirectories(copy.resolve("log"));
        Path segment = copy.resolve("log/log-000.seg");
        Files.copy(data.resolve("log/log-000.seg"), segment);
        log.close();
        long lastBlock = (SampleLog.ENTRIES + 2) * (long) BLOCK_BYTES;
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(BLOCK_BYTES), lastBlock);
        }
        byte[] before = Files.readAllBytes(segment);
        data = copy;
        assertThat(dump()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(SampleLog.LINES);
        assertThat(err.toString()).contains("an incomplete entry begins in " + segment.toRealPath() + " at offset "
                + (SampleLog.ENTRIES + 1) * BLOCK_BYTES, "never acknowledged");
        assertThat(Arrays.equals(Files.readAllBytes(segment), before)).isTrue();
    }

    @Test
    void aDirectoryWithoutALogIsNamed() {
        assertThat(dump()).isEqualTo(1);
        assertThat(err.toString()).contains("there is no directory " + data.resolve("log"));
    }

    @Test
    void readerThatStopsEarlyIsNoFailure() throws Exception {
        SampleLog.write(data).close();
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThat(run(new LogDumpCommand(closed))).isZero();
        assertThat(err.toString()).isEmpty();
    }

    private int dump(String... options) {
        return run(new LogDumpCommand(out), options);
    }

    private int run(LogDumpCommand command, String... options) {
        List<String> all = new ArrayList<>(List.of("--data", data.toString()));
        all.addAll(List.of(options));
        return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((error, line, parsed) -> {
                    err.append(error.getMessage());
                    return 1;
                }).execute(all.toArray(String[]::new));
    }
}
