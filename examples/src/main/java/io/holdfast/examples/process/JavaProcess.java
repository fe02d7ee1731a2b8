package io.holdfast.examples.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java process with the java executable and the class path of this one.
 *
 * @param name      for messages and the log file
 * @param jvmFlags  flags of the virtual machine
 * @param mainClass the class with the main method
 * @param arguments its arguments
 */
public record JavaProcess(String name, List<String> jvmFlags, String mainClass, List<String> arguments) {
    /** What the launcher gave to this process so that it starts quickly; it serves every process on the same class path. */
    private static final List<String> STARTUP_OPTIONS = ManagementFactory.getRuntimeMXBean().getInputArguments()
            .stream()
            .filter(option -> option.startsWith("-XX:AOTCache=") || option.startsWith("-Xlog:aot")
                    || option.equals("-XX:+UseCompactObjectHeaders"))
            .toList();

    /** Starts it and makes it part of the run. */
    public ChildProcess start(WorkDirectory directory) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(STARTUP_OPTIONS);
        command.addAll(jvmFlags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        return ChildProcess.start(name, new ProcessBuilder(command), directory);
    }
}
