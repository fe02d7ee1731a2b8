package io.holdfast.server.workers.scaling;

import io.holdfast.server.process.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers as processes on this machine, children of this one: they end with it, whatever ends it. What they log goes where this
 * process logs. For one thread.
 */
public final class LocalWorkers implements WorkerProvider {

    private static final Logger LOG = LoggerFactory.getLogger(LocalWorkers.class);
    private static final File NOTHING = new File("/dev/null");
    /** One that dies at once must not be started again and again. */
    private static final long RESTART_MILLIS = 2_000;
    private static final long STOP_MILLIS = 5_000;

    private final Class<?> main;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final ArrayDeque<Child> running = new ArrayDeque<>();
    private final List<Child> leaving = new ArrayList<>();
    private int started;
    private long diedAtNanos;
    private boolean oneDied;

    private record Child(String name, Process process) {}

    /**
     * @param main        has the command {@code worker}
     * @param arguments   of that command, without its name
     * @param environment is added to that of this process: what must not be seen in a list of processes
     */
    public LocalWorkers(Class<?> main, List<String> arguments, Map<String, String> environment) {
        this.main = main;
        this.arguments = List.copyOf(arguments);
        this.environment = Map.copyOf(environment);
    }

    @Override
    public void provide(int workers) {
        forgetTheDead();
        while (running.size() > workers) {
            Child last = running.removeLast();
            LOG.atInfo().addKeyValue("worker", last.name).log("one worker too many: it is told to leave");
            last.process.destroy();
            leaving.add(last);
        }
        boolean mayStart = !oneDied
                || System.nanoTime() - diedAtNanos >= TimeUnit.MILLISECONDS.toNanos(RESTART_MILLIS);
        while (mayStart && running.size() < workers) {
            mayStart = start();
        }
    }

    private void forgetTheDead() {
        leaving.removeIf(child -> !child.process.isAlive());
        running.removeIf(child -> {
            if (child.process.isAlive()) {
                return false;
            }
            LOG.atWarn().addKeyValue("worker", child.name).addKeyValue("exitCode", child.process.exitValue())
                    .log("a worker has died: another one is started");
            oneDied = true;
            diedAtNanos = System.nanoTime();
            return true;
        });
    }

    /** Returns whether it could be started. */
    private boolean start() {
        String name = "local-" + ProcessHandle.current().pid() + "-" + ++started;
        List<String> all = new ArrayList<>(List.of("worker", "--name", name, "--parent",
                Long.toString(ProcessHandle.current().pid())));
        all.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(JavaCommand.of(main, all))
                .redirectInput(ProcessBuilder.Redirect.from(NOTHING))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            running.add(new Child(name, process));
            LOG.atInfo().addKeyValue("worker", name).addKeyValue("pid", process.pid()).log("a worker was started");
            return true;
        } catch (IOException e) {
            LOG.atError().setCause(e).log("a worker cannot be started: trying again later");
            oneDied = true;
            diedAtNanos = System.nanoTime();
            return false;
        }
    }

    @Override
    public void close() {
        leaving.addAll(running);
        running.clear();
        leaving.forEach(child -> child.process.destroy());
        long giveUpAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        try {
            for (Child child : leaving) {
                if (!child.process.waitFor(giveUpAtNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    child.process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            leaving.forEach(child -> child.process.destroyForcibly());
            Thread.currentThread().interrupt();
        }
    }
}
