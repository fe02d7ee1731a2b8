package io.holdfast.server.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.component.PythonProtobuf;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Other languages read a dump with nothing but the published files. */
class DumpInPythonIT {

    private static final Path PROTOS = Path.of(System.getProperty("holdfast.root", ".."), "wire/src/main/protobuf");
    private static final String SCRIPT = """
            from google.protobuf import json_format
            from holdfast.log.v1 import dump_pb2

            with open("dump.bin", "rb") as file:
                dump = dump_pb2.LogDump.FromString(file.read())
            for entry in dump.entries:
                print(entry.sequence, *[command.WhichOneof("command") for command in entry.commands])
            assert dump.entries[1].commands[1].begin.branches[0].payload == b"\\x00\\xffx"
            assert dump.entries[0].commands[0].boot.id_salt == 2 ** 64 - 1
            with open("dump.json") as lines:
                for entry, line in zip(dump.entries, lines, strict=True):
                    assert json_format.Parse(line, dump_pb2.DumpedEntry()) == entry, line
            """;

    @TempDir
    private Path directory;

    @Test
    void pythonReadsProtoAndJsonToTheSameEntries() throws Exception {
        PythonProtobuf python = PythonProtobuf.require();
        SampleLog.write(directory.resolve("data")).close();
        dump("proto", "dump.bin");
        dump("json", "dump.json");
        python.compile(PROTOS, directory, "holdfast/log/v1/entry.proto", "holdfast/log/v1/dump.proto");
        assertThat(python.python(directory, "-c", SCRIPT).lines()).containsExactly("1 boot", "2 begin begin",
                "3 register", "4 decide", "5 answered", "6 attempt_failed", "7 error_noted", "8 attention_needed", "9",
                "10 operate", "11 answered", "12 heartbeat activate");
    }

    private void dump(String format, String file) throws Exception {
        try (OutputStream out = Files.newOutputStream(directory.resolve(file))) {
            assertThat(new CommandLine(new LogDumpCommand(out)).setCaseInsensitiveEnumValuesAllowed(true)
                    .execute("--data", directory.resolve("data").toString(), "--format", format)).isZero();
        }
    }
}
