package io.holdfast.bench.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How all JVMs of a benchmark are started: as this one was, so with the flags and the class path of the launcher. */
final class Launch {

    private Launch() {
    }

    /** What {@code holdfast} gave this JVM, without agents, which belong to it alone. */
    static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-agent")
                        && !flag.startsWith("-Dholdfast."))
                .toList();
    }

    static ProcessBuilder java(String mainClass, List<String> arguments, Path output) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectError(Redirect.appendTo(output.toFile()));
    }

    /** Processor time so far. */
    static long cpuNanos(Process process, String name, Path output) throws ChildFailed {
        return process.info().totalCpuDuration().map(Duration::toNanos)
                .orElseThrow(() -> new ChildFailed(name + " is gone", output));
    }

    static void kill(Process process, Workplace workplace) {
        process.destroyForcibly();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        workplace.forget(process);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static Process start(ProcessBuilder builder, Workplace workplace) throws IOException {
        Process process = builder.start();
        workplace.adopt(process);
        return process;
    }
}
