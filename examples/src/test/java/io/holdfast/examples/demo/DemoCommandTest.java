package io.holdfast.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DemoCommandTest {
    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @CsvSource({"--seconds,0,1 to 3600", "--seconds,3601,1 to 3600", "--rate,0,1 to 1000", "--rate,1001,1 to 1000",
            "--kills,-1,0 to 20", "--faults,maybe,'on, off'", "--components,docker,'embedded, real'",
            "--plant,nothing,'none, double-confirm, no-fence-cancel, no-fence, cancel-tries-again, lost-update, wrong-refund,'",
            "--seed,x,seed",
            "--report,/no/such/place/r.json,file"})
    void aWrongOptionIsAUsageErrorThatSaysWhatIsAllowed(String option, String value, String message) {
        assertThat(execute(option + "=" + value)).isEqualTo(2);
        assertThat(errors.toString()).contains(option).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stock-without-check", "coupon-cancel-burns"})
    void aMistakeInCodeThatRealComponentsReplaceIsRefused(String plant) {
        assertThat(execute("--components=real", "--plant=" + plant)).isEqualTo(2);
        assertThat(errors.toString()).contains("--plant=" + plant + ", allowed: with --components embedded only");
    }

    @Test
    void thePlantedMistakesAreNotAdvertised() {
        StringWriter help = new StringWriter();

        assertThat(new CommandLine(new DemoCommand()).setOut(new PrintWriter(help)).execute("--help")).isZero();
        assertThat(help.toString()).contains("--seconds", "--components").doesNotContain("--plant");
    }

    private int execute(String... arguments) {
        return new CommandLine(new DemoCommand()).setErr(new PrintWriter(errors)).execute(arguments);
    }
}
