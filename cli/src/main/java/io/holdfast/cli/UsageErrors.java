package io.holdfast.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the arguments, what may have been meant and where help is: not the whole usage text. */
final class UsageErrors implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        if (error instanceof UnmatchedArgumentException unmatched && isUnknownCommand(command, unmatched)) {
            err.println("holdfast: there is no command '" + unmatched.getUnmatched().getFirst() + "'");
            listCommands(command, err);
        } else {
            err.println("holdfast: " + error.getMessage());
            if (!(error instanceof UnmatchedArgumentException unmatched
                    && UnmatchedArgumentException.printSuggestions(unmatched, err)) && hasCommands(command)) {
                listCommands(command, err);
            }
        }
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    /** All of them: there are few, and the nearest by spelling is often not the one that was meant. */
    private static void listCommands(CommandLine command, PrintWriter err) {
        err.println("Commands: " + String.join(", ", command.getSubcommands().keySet()));
    }

    private static boolean isUnknownCommand(CommandLine command, UnmatchedArgumentException error) {
        List<String> unmatched = error.getUnmatched();
        return hasCommands(command) && !unmatched.isEmpty() && !unmatched.getFirst().startsWith("-");
    }

    private static boolean hasCommands(CommandLine command) {
        return !command.getSubcommands().isEmpty();
    }
}
