package io.holdfast.server.operator;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** {@code holdfast tx} inside the test, with what a person types. */
final class TxRun {

    final List<String> asked = new ArrayList<>();
    private final ArrayDeque<String> typed = new ArrayDeque<>();
    private final List<String> more;
    private boolean isTerminal;
    private String out = "";
    private String err = "";

    /** @param more options of every command */
    TxRun(String... more) {
        this.more = List.of(more);
    }

    /** From now on there is somebody at a terminal, who types this. */
    TxRun types(String... lines) {
        isTerminal = true;
        typed.addAll(List.of(lines));
        return this;
    }

    /** The exit code. */
    int run(String... arguments) {
        StringWriter written = new StringWriter();
        StringWriter complained = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(more);
        CommandLine commandLine = TxCommands.commandLine(new Prompt() {
            @Override
            public boolean isThere() {
                return isTerminal;
            }

            @Override
            public String ask(String question) {
                asked.add(question);
                String line = typed.poll();
                return line == null ? "" : line;
            }
        }).setCaseInsensitiveEnumValuesAllowed(true).setOut(new PrintWriter(written))
                .setErr(new PrintWriter(complained))
                .setExecutionExceptionHandler((error, command, parsed) -> {
                    command.getErr().println(error.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
        int code = commandLine.execute(all.toArray(String[]::new));
        out = written.toString();
        err = complained.toString();
        return code;
    }

    String out() {
        return out;
    }

    String err() {
        return err;
    }
}
