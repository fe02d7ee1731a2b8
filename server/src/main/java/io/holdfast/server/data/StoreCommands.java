package io.holdfast.server.data;

import io.holdfast.server.backup.BackupCommand;
import io.holdfast.server.backup.RestoreCommand;
import picocli.CommandLine.Command;

/** {@code holdfast store}. */
@Command(name = "store", description = "Checks, backs up and restores the data of a server.", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND", subcommands = {
        StoreVerifyCommand.class, BackupCommand.class, RestoreCommand.class})
public final class StoreCommands extends CommandGroup {}
