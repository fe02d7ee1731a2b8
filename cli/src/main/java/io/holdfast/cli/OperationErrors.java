package io.holdfast.cli;

import io.holdfast.server.client.TerminalText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeGenerator;
import picocli.CommandLine.ParseResult;

/** One line for what went wrong while a command ran; the stack trace only for those who ask. */
final class OperationErrors implements IExecutionExceptionHandler {

    private final BooleanSupplier showsStackTraces;

    OperationErrors(BooleanSupplier showsStackTraces) {
        this.showsStackTraces = showsStackTraces;
    }

    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult parsed) {
        String message = error.getMessage();
        command.getErr().println("holdfast: " + fit(message == null ? error.toString() : message));
        if (showsStackTraces.getAsBoolean()) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            command.getErr().println(fit(trace.toString()));
        }
        return error instanceof IExitCodeGenerator named ? named.getExitCode() : ExitCode.SOFTWARE;
    }

    /** Messages quote what came from outside; lines stay lines, because some show what another process has printed. */
    private static String fit(String text) {
        return text.lines()
                .map(line -> line.startsWith("\t")
                        ? "\t" + TerminalText.oneLine(line.substring(1))
                        : TerminalText.oneLine(line))
                .collect(Collectors.joining("\n"));
    }
}
