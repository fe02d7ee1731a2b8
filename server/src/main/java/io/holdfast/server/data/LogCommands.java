package io.holdfast.server.data;

import picocli.CommandLine.Command;

/** {@code holdfast log}. */
@Command(name = "log", description = "Looks into the log of a server.", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND", subcommands = LogDumpCommand.class)
public final class LogCommands extends CommandGroup {}
