package io.holdfast.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The commands of docs/reliability.md, each for a shorter time. */
class ReliabilityPageTest {

    private static final Path PAGE = Path.of(System.getProperty("holdfast.root", ".."), "docs", "reliability.md");
    private static final Pattern COMMAND = Pattern.compile("^\\./holdfast sim ([^#]*?) *(?:#.*)?$", Pattern.MULTILINE);

    static Stream<String> commands() throws IOException {
        return COMMAND.matcher(Files.readString(PAGE)).results().map(match -> match.group(1));
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(commands()).hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void eachDoesWhatThePageSays(String arguments) {
        String shorter = arguments.replaceAll("--for \\S+", "--for 2s").replaceAll("--seeds \\d+", "--seeds 3")
                + " --transactions 20";
        StringWriter out = new StringWriter();
        int code = new CommandLine(new SimCommand()).setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true)).execute(shorter.split(" +"));
        assertThat(code).as(shorter).isZero();
        assertThat(out.toString()).containsAnyOf("no guarantee was broken", "kept every guarantee");
    }

    @Test
    void whatItSaysOfFaultsIsUnderstood() throws IOException {
        Matcher without = Pattern.compile("--without ([A-Z_#0-9,]+)").matcher(Files.readString(PAGE));
        List<String> leftOut = without.results().map(match -> match.group(1)).toList();
        assertThat(leftOut).isNotEmpty().allSatisfy(text -> assertThat(Faultless.parse(text).toString()).isNotEmpty());
    }
}
