package io.holdfast.server.operator;

import io.holdfast.server.data.CommandGroup;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code holdfast members}. */
@Command(name = "members", description = "Shows and changes who is in a group of nodes.", mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND", subcommands = {
        MembersListCommand.class, MembersAddCommand.class, MembersRemoveCommand.class})
public final class MembersCommands extends CommandGroup {

    static final String CLUSTER = "/api/v1/cluster";
    static final String MEMBERS = CLUSTER + "/members";

    /** For {@link CommandLine}. */
    public MembersCommands() {
    }
}
