package io.holdfast.server.operator;

import io.holdfast.server.data.CommandGroup;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code holdfast tx}. */
@Command(name = "tx", description = "Finds, explains and looks after transactions of a running server.", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND")
public final class TxCommands extends CommandGroup {

    private TxCommands() {
    }

    /** The command with its subcommands; asks on the terminal where there is one. */
    public static CommandLine commandLine() {
        return commandLine(Prompt.ofTerminal());
    }

    static CommandLine commandLine(Prompt prompt) {
        return new CommandLine(new TxCommands()).addSubcommand(new TxListCommand()).addSubcommand(new TxShowCommand())
                .addSubcommand(new TxRetryCommand(prompt)).addSubcommand(new TxPauseCommand(prompt))
                .addSubcommand(new TxResumeCommand(prompt)).addSubcommand(new TxSettleCommand(prompt));
    }
}
