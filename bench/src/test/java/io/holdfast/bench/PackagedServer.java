package io.holdfast.bench;

import io.holdfast.server.ServerCommand;
import io.holdfast.server.node.SingleNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Understands {@code server} as the launcher's main class does, which is not on the class path here; and {@code bench} on top of it. */
@Command(name = "holdfast")
public final class PackagedServer {

    private PackagedServer() {
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PackagedServer())
                .addSubcommand(new ServerCommand(SingleNode::start, PackagedServer.class))
                .addSubcommand(new BenchCommand(PackagedServer.class.getName())).execute(arguments));
    }
}
