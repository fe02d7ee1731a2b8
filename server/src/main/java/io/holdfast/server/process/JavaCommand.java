package io.holdfast.server.process;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start this program once more. */
public final class JavaCommand {

    private JavaCommand() {
    }

    /** With the Java, the options and the class path of this process. */
    public static List<String> of(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                // Two processes must not write to the same file.
                .filter(option -> !option.startsWith("-Xlog:gc") && !option.contains("file="))
                .filter(option -> option.startsWith("-X") || option.startsWith("--enable-native-access")
                        || option.startsWith("--sun-misc-unsafe"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
