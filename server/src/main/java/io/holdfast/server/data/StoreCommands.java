package io.holdfast.server.data;

import picocli.CommandLine.Command;

/** {@code holdfast store}. */
@Command(name = "store", description = "Checks the data of a server.", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND", subcommands = StoreVerifyCommand.class)
public final class StoreCommands extends CommandGroup {}
