package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExitCodeGenerator;
import picocli.CommandLine.Option;

class HoldfastTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionNamesTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString())
                .matches("(?s)holdfast \\d+\\.\\d+\\.\\d+\\S*( \\([0-9a-f]+(-dirty)?\\))?\\RJava 2.*");
    }

    @Test
    void helpListsTheCommandsAndTheExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("test", "help", "Exit codes:", "something the machine lacks");
    }

    @Test
    void unknownCommandIsAUsageErrorThatListsTheCommands() {
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no command 'nonsense'",
                "Commands: server, log, store, tx, cluster, members, worker, demo, bench, sim, test",
                "Help: holdfast --help");
    }

    @Test
    void misspeltCommandIsAnsweredWithTheCommands() {
        assertThat(run("tset")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no command 'tset'", "test");
    }

    @Test
    void helpForAnUnknownCommandIsAUsageErrorToo() {
        assertThat(run("nonsense", "--help")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no command 'nonsense'");
        assertThat(run("test", "--help")).isZero();
        assertThat(out.toString()).contains("Usage: holdfast test");
    }

    @Test
    void commandsAreCalledWhatTheListCallsThem() {
        assertThat(Holdfast.commandLine().getSubcommands().keySet())
                .containsExactlyElementsOf(Holdfast.commands().keySet());
        for (String name : Holdfast.commands().keySet()) {
            assertThat(Holdfast.commandLine(name).getSubcommands().keySet()).contains(name);
        }
    }

    @Test
    void noCommandAtAllIsAUsageError() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing command", "Commands: ");
    }

    @Test
    void unknownOptionOfACommandIsAUsageErrorThatNamesTheCommand() {
        assertThat(run("failing", "--sedd=1")).isEqualTo(2);
        assertThat(err.toString()).contains("--sedd=1", "--seed", "Help: holdfast failing --help");
    }

    @Test
    void failureIsOneLineAndExitCodeOne() {
        assertThat(run("failing")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("holdfast: the disk is on fire");
    }

    @Test
    void failureWithoutAMessageNamesTheException() {
        assertThat(run("failing", "--silently")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("holdfast: java.lang.IllegalStateException");
    }

    @Test
    void verboseShowsTheStackTraceWhereverItStands() {
        assertThat(run("failing", "--verbose")).isEqualTo(1);
        assertThat(err.toString()).contains("holdfast: the disk is on fire", "\tat io.holdfast.cli.HoldfastTest");
    }

    @Test
    void whatAMessageQuotesDoesNothingToTheTerminal() {
        assertThat(run("failing", "--quoting", "--verbose")).isEqualTo(1);
        assertThat(err.toString()).contains("holdfast: it said [2Jhello").doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void commandWithoutWhatItNeedsEndsWithTheCodeItNames() {
        assertThat(run("failing", "--lacking")).isEqualTo(3);
        assertThat(err.toString().lines()).containsExactly("holdfast: no flux capacitor: apt install flux-capacitor");
    }

    @Test
    void testCommandPointsToTheLauncher() {
        assertThat(run("test")).isEqualTo(2);
        assertThat(err.toString()).contains("./holdfast test");
    }

    private int run(String... arguments) {
        CommandLine commandLine = Holdfast.commandLine(arguments).addSubcommand(new Failing());
        return commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
    }

    @Command(name = "failing")
    private static final class Failing implements Callable<Integer> {
        @Option(names = "--seed")
        private long seed;
        @Option(names = "--silently")
        private boolean silently;
        @Option(names = "--lacking")
        private boolean lacking;
        @Option(names = "--quoting")
        private boolean quoting;

        @Override
        public Integer call() throws Exception {
            if (lacking) {
                throw new Lacking();
            }
            if (quoting) {
                throw new Exception("it said \u001b[2J\u009b\u202ehello", new Exception("\u001b[31m"));
            }
            if (silently) {
                throw new IllegalStateException();
            }
            throw new Exception("the disk is on fire" + (seed == 0 ? "" : " " + seed));
        }
    }

    private static final class Lacking extends Exception implements IExitCodeGenerator {
        private static final long serialVersionUID = 1L;

        Lacking() {
            super("no flux capacitor: apt install flux-capacitor");
        }

        @Override
        public int getExitCode() {
            return 3;
        }
    }
}
