package io.holdfast.tests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a source tree whose path has spaces. Maven and java are scripts that write down how they were called. */
class LauncherIT {

    private static final Path ROOT = Path.of(System.getProperty("holdfast.root", ".."));
    private static final int TIMEOUT_SECONDS = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    private Path tree = Path.of("");
    private Path tools = Path.of("");

    @BeforeEach
    void copyTheLauncherIntoAnEmptyTree() throws IOException {
        tree = Files.createDirectories(temporary.resolve("a source tree"));
        tools = Files.createDirectories(temporary.resolve("tools"));
        Files.createDirectories(tree.resolve("scripts"));
        for (String script : List.of("holdfast", "scripts/findjdk.sh", "scripts/startup-cache.sh")) {
            Files.copy(ROOT.resolve(script), tree.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(tree.resolve("cli/src/main/java"));
        Files.writeString(tree.resolve("cli/src/main/java/A.java"), "");
        Files.writeString(tree.resolve("cli/pom.xml"), "");
        Files.writeString(tree.resolve("pom.xml"), "");
        Path jdk = temporary.resolve("jdk");
        script(jdk.resolve("bin/javac"), "exit 0");
        script(jdk.resolve("bin/java"), """
                for a; do
                    echo "[$a]"
                    case $a in -XX:AOTCacheOutput=*) echo cached >"${a#*=}" ;; esac
                done
                exit ${JAVA_EXIT:-0}""");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"99-ea\"\n");
        script(tools.resolve("mvn"), """
                echo "mvn $*" >>"$MAVEN_LOG"
                [ "${MAVEN_EXIT:-0}" = 0 ] || exit "$MAVEN_EXIT"
                mkdir -p cli/target/quick/holdfast/lib""");
    }

    @Test
    void firstStartBuildsAndTheNextOneDoesNot() throws Exception {
        Result first = run("--version");
        Result second = run("--version");
        assertThat(first.exitCode()).isZero();
        assertThat(first.text()).contains("holdfast: building", "[io.holdfast.cli.Holdfast]", "[--version]");
        assertThat(second.exitCode()).isZero();
        assertThat(second.text()).doesNotContain("building").contains("[--version]");
        assertThat(mavenCalls()).singleElement().asString().contains("-Dquick", "package");
    }

    @Test
    void aStartUsesTheCacheThatTheBuildMade() throws Exception {
        Result first = run("--version");
        Path cache = tree.toRealPath().resolve("target/quick/startup.aot");
        assertThat(first.text()).contains("[-XX:AOTCache=" + cache + "]").doesNotContain("no start-up cache");
        assertThat(cache).hasContent("cached\n");
    }

    @Test
    void aBuildWithoutACacheSaysSoAndStarts() throws Exception {
        Files.writeString(tree.resolve("scripts/startup-cache.sh"), "exit 1\n");
        Result first = run("--version");
        assertThat(first.exitCode()).isZero();
        assertThat(first.text()).contains("no start-up cache could be made", "[--version]");
    }

    @Test
    void changedSourceIsBuiltAgain() throws Exception {
        run("--version");
        Files.setLastModifiedTime(tree.resolve("cli/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(run("--version").text()).contains("building");
    }

    @Test
    void deletedSourceIsBuiltAgain() throws Exception {
        run("--version");
        Files.delete(tree.resolve("cli/src/main/java/A.java"));
        assertThat(run("--version").text()).contains("building");
    }

    @Test
    void twoFirstStartsAtOnceBuildOnce() throws Exception {
        List<Process> launchers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            launchers.add(start(Map.of(), tree.resolve("holdfast"), "--version"));
        }
        for (Process launcher : launchers) {
            assertThat(finish(launcher).exitCode()).isZero();
        }
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void failedBuildEndsWithOneAndIsTriedAgain() throws Exception {
        Result failed = finish(start(Map.of("MAVEN_EXIT", "1"), tree.resolve("holdfast"), "--version"));
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.text()).contains("the build failed").doesNotContain("[--version]");
        assertThat(run("--version").exitCode()).isZero();
    }

    @Test
    void argumentsAndTheExitCodePassThroughUnchanged() throws Exception {
        Result result = finish(start(Map.of("JAVA_EXIT", "3", "HOLDFAST_JAVA_OPTS", "-Xmx1g -Dx=y"),
                tree.resolve("holdfast"), "demo", "--report", "a file.json", "", "*"));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.text()).contains("[-Xmx1g]\n[-Dx=y]\n", "[demo]\n[--report]\n[a file.json]\n[]\n[*]\n");
    }

    @Test
    void linkToTheLauncherFindsItsTree() throws Exception {
        Path link = Files.createSymbolicLink(tools.resolve("hf"), Path.of("../a source tree/holdfast"));
        Path linkToTheLink = Files.createSymbolicLink(temporary.resolve("hf"), link);
        assertThat(finish(start(Map.of(), linkToTheLink, "--version")).text())
                .contains("[" + tree.toRealPath() + "/cli/target/quick/holdfast/lib/*]");
    }

    @Test
    void missingMavenEndsWithThreeAndAdvice() throws Exception {
        Files.delete(tools.resolve("mvn"));
        for (String tool : List.of("dirname", "readlink", "find", "mkdir", "rm", "flock", "git", "cat")) {
            script(tools.resolve(tool), "exec " + whereIs(tool) + " \"$@\"");
        }
        Result result = finish(start(Map.of("PATH", tools.toString()), tree.resolve("holdfast"), "--version"));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.text()).contains("Maven 3.8", "apt install maven");
    }

    @Test
    void missingJdkEndsWithThreeAndAdvice() throws Exception {
        Result result = finish(start(Map.of(), tree.resolve("scripts/findjdk.sh"), "1000"));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.text()).contains("1000 or newer", "apt install", "JAVA_HOME");
    }

    @Test
    void testCommandRunsTheComponentsAndThenTheWholeGate() throws Exception {
        script(tree.resolve("scripts/components.sh"), "echo components all=$HOLDFAST_REQUIRE_ALL >>\"$MAVEN_LOG\"");
        Result result = finish(
                start(Map.of("CI", "true", "HOLDFAST_MAVEN_ARGS", "-Da=b"), tree.resolve("holdfast"), "test",
                        "-pl", "core"));
        assertThat(result.exitCode()).isZero();
        assertThat(mavenCalls()).hasSize(2).first().isEqualTo("components all=1");
        assertThat(mavenCalls().getLast()).contains("-Da=b", "verify -pl core").doesNotContain("quick");
    }

    @Test
    void missingComponentStopsTheTestsOnlyWhereNothingMayBeSkipped() throws Exception {
        script(tree.resolve("scripts/components.sh"), "exit 3");
        assertThat(finish(start(Map.of("CI", "true"), tree.resolve("holdfast"), "test")).exitCode()).isEqualTo(3);
        assertThat(Files.exists(temporary.resolve("maven.log"))).isFalse();
        assertThat(finish(start(Map.of("CI", "false"), tree.resolve("holdfast"), "test")).exitCode()).isZero();
        assertThat(mavenCalls()).hasSize(1);
    }

    private record Result(int exitCode, String text) {}

    private Result run(String... arguments) throws IOException, InterruptedException {
        return finish(start(Map.of(), tree.resolve("holdfast"), arguments));
    }

    private Process start(Map<String, String> environment, Path command, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(command.toString()));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words).directory(temporary.toFile()).redirectErrorStream(true);
        Map<String, String> all = builder.environment();
        all.keySet().removeIf(name -> name.startsWith("HOLDFAST_") || name.equals("CI"));
        all.put("PATH", tools + ":" + all.get("PATH"));
        all.put("JAVA_HOME", temporary.resolve("jdk").toString());
        all.put("MAVEN_LOG", temporary.resolve("maven.log").toString());
        all.putAll(environment);
        return builder.start();
    }

    private static Result finish(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("ended; it said: %s", text).isTrue();
        return new Result(process.exitValue(), text);
    }

    private List<String> mavenCalls() throws IOException {
        return Files.readAllLines(temporary.resolve("maven.log"));
    }

    private static Path whereIs(String tool) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path candidate = Path.of(folder, tool);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new AssertionError("the launcher needs " + tool + ", and it is not on the PATH");
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
