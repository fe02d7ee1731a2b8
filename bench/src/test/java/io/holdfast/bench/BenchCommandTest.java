package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

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
    @CsvSource({"--seconds=2,3 to 3600", "--only=nothing,commands", "--dir=/no/such/place,a directory"})
    void aWrongOptionIsAUsageErrorThatSaysWhatIsAllowed(String option, String allowed) {
        assertThat(execute(option)).isEqualTo(2);
        assertThat(errors.toString()).contains(option + ", allowed: ").contains(allowed);
    }

    @Test
    void aShortRunPrintsARatioWritesItAndLeavesNothing() throws Exception {
        Path json = directory.resolve("bench.json");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assertThat(execute("--seconds=3", "--dir=" + disk, "--json=" + json)).as("%s", errors).isZero();
        assertThat(out.toString()).contains("commands/s", "ratio 0.");
        assertThat(json).content().contains("\"ratio\" : 0.");
        assertThat(disk).isEmptyDirectory();
    }

    private int execute(String... arguments) {
        return new CommandLine(new BenchCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(errors))
                .execute(arguments);
    }
}
