package io.holdfast.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of the repository holds on every machine: it names no registry, which each machine configures, and no one's folders. */
class RepositoryTextTest {

    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", ".."));

    private static final Pattern REGISTRY = Pattern.compile(
            "https?://[a-z0-9.-]*(?:maven|npm|pypi|golang|debian)"
                    + "|(?<![\\w.])(?:[a-z0-9-]+\\.)*(?:maven|npmjs|pypi|pythonhosted|sonatype|debian)(?:\\.[a-z0-9-]+)*\\.(?:org|com|io)\\b(?![.\\w])",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern FOLDER_OF_ONE_MACHINE = Pattern
            .compile("(?<![\\w.})~-])(?<!:/)/(?:work|farm|root|home|Users|builds)/[a-z.]", Pattern.CASE_INSENSITIVE);

    /** Namespaces of the POM, which are names and not addresses. */
    private static final Pattern POM_NAMESPACE = Pattern
            .compile("https?://[a-z.]+/(?:POM/4\\.0\\.0|xsd/maven-4\\.0\\.0\\.xsd)");

    private static final long MAX_TEXT_BYTES = 1 << 20;

    @Test
    void noRegistryAndNoFolderOfOneMachineIsNamed() throws Exception {
        List<String> found = new ArrayList<>();
        for (String name : filesOfTheRepository()) {
            Path file = ROOT.resolve(name);
            if (Files.isRegularFile(file) && Files.size(file) <= MAX_TEXT_BYTES) {
                List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList();
                for (int i = 0; i < lines.size(); i++) {
                    if (isBoundToOneMachine(lines.get(i))) {
                        found.add(name + ":" + (i + 1) + ": " + lines.get(i).strip());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"see https:" + "//repo.example.ma" + "ven.org/x", "host: repo1.maven" + ".org",
            "deb.debian" + ".org",
            "registry.npmjs" + ".org/", "cd /wo" + "rk/main", "data: \"/home" + "/ann/data\"",
            "file:///Us" + "ers/ann"})
    void whatShouldBeFoundIsFound(String line) {
        assertThat(isBoundToOneMachine(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<project xmlns=\"http://maven.apache.org/POM/4.0.0\">", "org.apache.maven.plugins",
            "<groupId>org.apache.maven.plugins</groupId>", "/usr/lib/jvm/*", "the folder ~/root/x", "${project}/root/a",
            "http://home/a",
            "https://adoptium.net", "on Debian 13: apt install maven", "POST /api/v1/transactions"})
    void whatIsHarmlessIsLeftAlone(String line) {
        assertThat(isBoundToOneMachine(line)).isFalse();
    }

    private static boolean isBoundToOneMachine(String line) {
        String rest = POM_NAMESPACE.matcher(line).replaceAll("");
        return REGISTRY.matcher(rest).find() || FOLDER_OF_ONE_MACHINE.matcher(rest).find();
    }

    /** What git tracks, or would track: build output and data are none of it. */
    private static List<String> filesOfTheRepository() throws IOException, InterruptedException {
        assumeTrue(Files.exists(ROOT.resolve(".git")), "not a git checkout: its list of files is what is searched");
        Process git = new ProcessBuilder("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
                "--exclude-standard").directory(ROOT.toFile()).redirectErrorStream(true).start();
        String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).as("git ls-files: %s", out).isZero();
        List<String> names = List.of(out.split("\0"));
        assertThat(names).contains("pom.xml");
        return names;
    }
}
