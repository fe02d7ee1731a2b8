package io.holdfast.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Stands in the list of commands; the launcher script runs the tests, because they need the sources and Maven. */
@Command(name = "test", mixinStandardHelpOptions = true, description = {"Get what the tests need, then run them all.",
        "With CI=true in the environment nothing may be skipped. Arguments go to Maven."})
final class TestCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(),
                "Tests run from the source tree: use the launcher there, ./holdfast test");
    }
}
