package io.holdfast.tests.guarantees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The patches that scripts/break-guarantees.sh applies, so that the tests can be seen to notice. Running them takes long; that
 * they still fit the sources is looked at in every build.
 */
class GuaranteePatchesTest {

    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", "..")).toAbsolutePath().normalize();
    private static final Path PATCHES = ROOT.resolve("tests/src/test/guarantees");
    private static final Pattern NAME = Pattern.compile("(G(?:10|[1-9]))-[a-z0-9-]+");
    private static final Pattern CHANGED_FILE = Pattern.compile("^\\+\\+\\+ b/(.*)$", Pattern.MULTILINE);

    static List<String> patches() throws IOException {
        try (Stream<Path> files = Files.list(PATCHES)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted()
                    .map(name -> name.replaceFirst("\\.patch$", "")).toList();
        }
    }

    @Test
    void eachGuaranteeIsBrokenByAPatchAtLeast() throws IOException {
        assertThat(patches()).allMatch(name -> NAME.matcher(name).matches());
        assertThat(patches().stream().map(GuaranteePatchesTest::guarantee).distinct())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 10).mapToObj(i -> "G" + i).toList());
    }

    @ParameterizedTest
    @MethodSource("patches")
    void patchFitsTheSources(String name) throws IOException, InterruptedException {
        Process git;
        try {
            git = new ProcessBuilder("git", "apply", "--check", file(name).toString()).directory(ROOT.toFile())
                    .redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "git is not on this machine: " + e.getMessage());
            return;
        }
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor())
                .as("%s no longer fits; change the sources as it says and take the new diff:%n%s", name, said).isZero();
    }

    @ParameterizedTest
    @MethodSource("patches")
    void patchChangesProductionCodeAlone(String name) throws IOException {
        assertThat(CHANGED_FILE.matcher(Files.readString(file(name))).results().map(match -> match.group(1)))
                .isNotEmpty().allMatch(changed -> changed.contains("/src/main/java/"));
    }

    @ParameterizedTest
    @MethodSource("patches")
    void headerSaysWhatBreaksAndNamesTestsThatThereAre(String name) throws IOException {
        String header = Files.readString(file(name)).split("^diff ", 2)[0];
        assertThat(header).startsWith("Breaks: " + guarantee(name) + ". ");
        Matcher tests = Pattern.compile("^Tests: (.+)$", Pattern.MULTILINE).matcher(header);
        assertThat(tests.find()).as("a line that begins with Tests:").isTrue();
        for (String test : tests.group(1).split(" ")) {
            String[] moduleAndClass = test.split(":");
            assertThat(moduleAndClass).as(test).hasSize(2);
            try (Stream<Path> sources = Files.walk(ROOT.resolve(moduleAndClass[0]).resolve("src/test/java"))) {
                assertThat(sources.map(source -> String.valueOf(source.getFileName()))).as(test)
                        .contains(moduleAndClass[1] + ".java");
            }
        }
    }

    @Test
    void thePageOfTheGuaranteesNamesEachPatch() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/guarantees.md"));
        assertThat(patches()).allMatch(name -> page.contains("`" + name + "`"), "named in docs/guarantees.md");
    }

    private static String guarantee(String name) {
        return name.substring(0, name.indexOf('-'));
    }

    private static Path file(String name) {
        return PATCHES.resolve(name + ".patch");
    }
}
