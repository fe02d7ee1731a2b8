package io.holdfast.server.testing;

import io.holdfast.server.ServerCommand;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The server command over a fake engine, as a process of its own. */
public final class FakeServerMain {

    private FakeServerMain() {
    }

    public static void main(String[] arguments) {
        FakeEngine engine = new FakeEngine();
        System.exit(new CommandLine(new ServerCommand((config, participants) -> {
            LoggerFactory.getLogger(FakeServerMain.class).atInfo().addKeyValue("gid", "g\"1").log("engine started");
            return engine;
        }, FakeServerMain.class)).execute(arguments));
    }
}
