package io.holdfast.bench.child;

import io.holdfast.bench.process.ParentLink;
import java.util.Arrays;
import java.util.List;

/** Where every JVM of a benchmark begins that is not a server as it is shipped: the first argument says what it is. */
public final class ChildMain {

    public static final String BARE_LOG = "bare-log";
    public static final String ENGINE = "engine";
    public static final String BARE_GROUP = "bare-group";
    public static final String ENGINE_GROUP = "engine-group";
    public static final String PARTICIPANT = "participant";
    public static final String PREPARE = "prepare";
    public static final String HEAP = "heap";
    public static final String TIMERS = "timers";

    private ChildMain() {
    }

    public static void main(String[] arguments) throws Exception {
        ParentLink parent = ParentLink.open();
        List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
        try {
            switch (arguments[0]) {
                case BARE_LOG -> CommandTurns.ofBareLog(parent, rest);
                case ENGINE -> CommandTurns.ofEngine(parent, rest);
                case BARE_GROUP -> GroupTurns.ofBareRatis(parent, rest);
                case ENGINE_GROUP -> GroupTurns.ofEngines(parent, rest);
                case PARTICIPANT -> YesParticipant.serve(parent);
                case PREPARE -> Prepare.run(parent, rest);
                case HEAP -> LiveSet.run(parent, rest);
                case TIMERS -> Timers.run(parent, rest);
                default -> throw new IllegalArgumentException("no child is called " + arguments[0]);
            }
        } catch (Throwable failure) {
            failure.printStackTrace();
            // The threads of an engine would keep the process alive.
            Runtime.getRuntime().halt(1);
        }
    }
}
