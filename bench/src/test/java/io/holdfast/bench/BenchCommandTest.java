package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"--seconds=2,3 to 3600", "--transactions=999,1000 to 10000000", "--only=nothing,commands",
            "--dir=/no/such/place,a directory", "--json=/no/such/place/x.json,a file"})
    void aWrongOptionIsAUsageErrorThatSaysWhatIsAllowed(String option, String allowed) {
        assertThat(execute(option)).isEqualTo(2);
        assertThat(errors.toString()).contains(option + ", allowed: ").contains(allowed);
    }

    @ParameterizedTest
    @CsvSource({"--minutes=0,1 to 10080", "--rate=0,1 to 100000", "--dir=/no/such/place,a directory",
            "--csv=/no/such/place/x.csv,a file"})
    void aWrongOptionOfTheSoakIsOneToo(String option, String allowed) {
        assertThat(execute("soak", option)).isEqualTo(2);
        assertThat(errors.toString()).contains(option + ", allowed: ").contains(allowed);
    }

    @Test
    void aShortRunPrintsTheDiskAndATableWritesItAndLeavesNothing() throws Exception {
        Path json = directory.resolve("bench.json");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assertThat(execute("--only=heap", "--transactions=1000", "--dir=" + disk, "--json=" + json)).as("%s", errors)
                .isZero();
        assertThat(out.toString()).contains("disk: " + Files.getFileStore(disk).type()).containsPattern(
                "heap +[0-9.,]+ B +[0-9.,]+ B +[0-9.]+ +heap under 1,024 B +(NOT )?reached");
        JsonNode rows = new ObjectMapper().readTree(json.toFile());
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).path("ratio").asDouble()).isPositive();
        assertThat(disk).isEmptyDirectory();
    }

    private int execute(String... arguments) {
        return new CommandLine(new BenchCommand(PackagedServer.class.getName())).setOut(new PrintWriter(out))
                .setErr(new PrintWriter(errors)).execute(arguments);
    }
}
