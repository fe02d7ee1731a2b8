package io.holdfast.cli;

import java.util.function.BooleanSupplier;
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
        command.getErr().println("holdfast: " + (message == null ? error.toString() : message));
        if (showsStackTraces.getAsBoolean()) {
            error.printStackTrace(command.getErr());
        }
        return error instanceof IExitCodeGenerator named ? named.getExitCode() : ExitCode.SOFTWARE;
    }
}
