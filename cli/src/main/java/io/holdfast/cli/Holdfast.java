package io.holdfast.cli;

import io.holdfast.bench.BenchCommand;
import io.holdfast.cli.cluster.ClusterCommand;
import io.holdfast.examples.demo.DemoCommand;
import io.holdfast.server.ServerCommand;
import io.holdfast.server.data.LogCommands;
import io.holdfast.server.data.StoreCommands;
import io.holdfast.server.node.Nodes;
import io.holdfast.server.operator.MembersCommands;
import io.holdfast.server.operator.TxCommands;
import io.holdfast.server.workers.process.WorkerCommand;
import io.holdfast.simulator.SimCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code holdfast} command.
 * <p>
 * Exit codes: 0 ok, 1 a check or an operation failed, 2 usage, 3 something the machine lacks. A command returns its code from
 * {@code call()}, or throws: any exception ends with 1 and one line on stderr; one that implements
 * {@link picocli.CommandLine.IExitCodeGenerator} ends with the code it names. That is how a module says "3, and this is what
 * you need" without knowing this one.
 */
@Command(name = "holdfast", description = "A coordinator for distributed transactions between services.", versionProvider = BuildVersion.class, mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:ok", "1:a check or an operation failed",
        "2:wrong usage", "3:something the machine lacks; the message says what and how to get it"})
public final class Holdfast implements Runnable {

    /** Set to 1 in the environment, it asks for stack traces like {@code --verbose}. */
    static final String DEBUG_VARIABLE = "HOLDFAST_DEBUG";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean verbose;

    Holdfast() {
    }

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /**
     * The one list of commands, in the order of the help text. No references to methods: Java cannot keep those that name classes of
     * picocli in its start-up cache, which are of an old format, and fails to make one.
     */
    static Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("server", () -> new ServerCommand(Nodes::start, Holdfast.class));
        commands.put("log", () -> new LogCommands());
        commands.put("store", () -> new StoreCommands());
        commands.put("tx", () -> TxCommands.commandLine());
        commands.put("cluster", () -> new ClusterCommand());
        commands.put("members", () -> new MembersCommands());
        commands.put("worker", () -> new WorkerCommand());
        commands.put("demo", () -> new DemoCommand());
        commands.put("bench", () -> new BenchCommand());
        commands.put("sim", () -> new SimCommand());
        commands.put("test", () -> new TestCommand());
        commands.put("help", () -> new HelpCommand());
        return commands;
    }

    /**
     * What understands these arguments: with the one command that they begin with, or with all of them. To make all of them takes
     * half a second of a start.
     */
    static CommandLine commandLine(String... arguments) {
        Holdfast holdfast = new Holdfast();
        CommandLine commandLine = new CommandLine(holdfast);
        Map<String, Supplier<Object>> commands = commands();
        if (arguments.length > 0 && commands.containsKey(arguments[0]) && !arguments[0].equals("help")) {
            commands.keySet().retainAll(Set.of(arguments[0]));
        }
        commands.values().forEach(command -> commandLine.addSubcommand(command.get()));
        return commandLine.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Holdfast::runIfUnderstood)
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler(new OperationErrors(holdfast::showsStackTraces));
    }

    /** Asking for help does not excuse a command that does not exist, which picocli overlooks. */
    private static int runIfUnderstood(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        if (!last.unmatched().isEmpty()) {
            throw new UnmatchedArgumentException(last.commandSpec().commandLine(), last.unmatched());
        }
        return new RunLast().execute(parsed);
    }

    private boolean showsStackTraces() {
        return verbose || "1".equals(System.getenv(DEBUG_VARIABLE));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
