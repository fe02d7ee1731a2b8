package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SimCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new SimCommand()).setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
    }

    @Test
    void oneSeedTellsItsStoryAndWhatItDid() {
        assertThat(run("--seed", "3", "--transactions", "10", "--nodes", "group")).isZero();
        assertThat(out.toString()).contains("leads term 1").contains("everything heals")
                .contains("seed 3 kept every guarantee").containsPattern("transactions +\\d+ confirmed");
    }

    @Test
    void workersMakeTheCallsIfSomeAreWanted() {
        assertThat(run("--seed", "3", "--transactions", "10", "--workers", "some")).isZero();
        assertThat(out.toString()).containsPattern("worker \\d calls")
                .containsPattern("workers +[1-9]\\d*, given [1-9]");
    }

    @Test
    void nodesMakeTheCallsThemselvesIfNoWorkersAreWanted() {
        assertThat(run("--seed", "3", "--transactions", "10", "--workers", "none")).isZero();
        assertThat(out.toString()).containsPattern("node \\d calls").containsPattern("workers +0, given 0 ")
                .doesNotContain("worker 0");
    }

    @Test
    void theStoryGoesToAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("story.txt");
        assertThat(run("--seed", "3", "--transactions", "10", "--trace", file.toString())).isZero();
        List<String> story = Files.readAllLines(file);
        assertThat(story).hasSizeGreaterThan(20).allMatch(line -> line.matches(" *\\d+\\.\\d{3}  .+"));
        assertThat(out.toString()).doesNotContain(story.getFirst());
    }

    @Test
    void aSearchSaysWhatItHasDone() {
        assertThat(run("--seeds", "6", "--transactions", "10", "--keep-going")).isZero();
        assertThat(out.toString()).contains("6 seeds, 60 transactions").contains("no guarantee was broken")
                .contains("broken in 0 of 6 seeds").contains("LOST_REPLY");
    }

    @Test
    void faultsThatAreLeftOutDoNotHappen() {
        assertThat(run("--seeds", "4", "--transactions", "10", "--without", "LOSS,LATE")).isZero();
        assertThat(out.toString()).containsPattern("LOSS +0\n").containsPattern("LATE +0\n")
                .containsPattern("DUPLICATE +[1-9]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--for=10", "--for=0s", "--seeds=0", "--seed=1 --for=1s", "--seed=1 --seeds=2",
            "--trace=story.txt", "--transactions=0", "--transactions=10001", "--spread=0", "--threads=0",
            "--nodes=many", "--workers=many",
            "--without=RAIN", "--first-transaction=-1", "--seed=x"})
    void badInputIsRefusedAndSaysWhatIsAllowed(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isNotBlank();
        assertThat(out.toString()).isEmpty();
    }
}
