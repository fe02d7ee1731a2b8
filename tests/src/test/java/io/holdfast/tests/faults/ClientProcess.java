package io.holdfast.tests.faults;

import io.holdfast.tests.faults.Asked.Operation;
import io.holdfast.tests.process.Eventually;
import io.holdfast.tests.process.Reach;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Clients in a JVM of their own, so that they can be killed and stopped too. Several of them ask about the same few gids at the same
 * time. It ends when its input does, so it never outlives the test. Not thread-safe.
 */
final class ClientProcess implements AutoCloseable {

    private static final int CLIENTS = 5;
    /** A new gid begins so often, and is asked about for a few of these times. */
    private static final long GID_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int GIDS_AT_ONCE = 6;
    private static final int SAGAS_EVERY = 5;
    private static final int MOST_PAUSE_MILLIS = 120;
    private static final Duration ANSWER_LIMIT = Duration.ofMillis(2_500);
    private static final long END_LIMIT_SECONDS = 20;

    private final Process process;
    private final Path history;

    /**
     * Starts one.
     *
     * @param history     file that it makes
     * @param startNanos  monotonic time at which gids are counted from, the same for all processes of a run
     * @param participant URL of the participant of all branches
     */
    ClientProcess(Path history, long seed, long startNanos, Reach reach, String participant) throws IOException {
        this.history = history;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                ClientProcess.class.getName(), history.toString(), Long.toString(seed), Long.toString(startNanos),
                reach.token(), participant));
        command.addAll(reach.servers());
        process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(Redirect.to(history.resolveSibling(history.getFileName() + ".log").toFile())).start();
    }

    Path history() {
        return history;
    }

    void signal(String name) throws IOException, InterruptedException {
        Commands.run("kill", "-" + name, Long.toString(process.pid()));
    }

    void sigkill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Lets the clients get their last answers. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("the clients of " + history + " ended badly, see the log beside it");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** @param args history, seed, start, token, participant, servers */
    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[1]);
        long startNanos = Long.parseLong(args[2]);
        Reach reach = new Reach(List.of(args).subList(5, args.length), args[3], ANSWER_LIMIT, "");
        SplittableRandom random = new SplittableRandom(seed ^ ProcessHandle.current().pid());
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        AtomicBoolean mayAsk = new AtomicBoolean(true);
        try (HistoryFile history = new HistoryFile(Path.of(args[0]))) {
            for (int i = 0; i < CLIENTS; i++) {
                HistoryClient client = new HistoryClient(ProcessHandle.current().pid() + "-" + i, reach, args[4],
                        history);
                SplittableRandom own = random.split();
                Thread thread = Thread.ofPlatform().unstarted(() -> ask(client, seed, startNanos, own,
                        reach.servers().size(), mayAsk));
                thread.setUncaughtExceptionHandler((failed, e) -> {
                    e.printStackTrace();
                    failures.add(e);
                });
                threads.add(thread);
            }
            threads.forEach(Thread::start);
            while (System.in.read() >= 0) {
                // Nothing is said; its end counts.
            }
            mayAsk.set(false);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static void ask(HistoryClient client, long seed, long startNanos, SplittableRandom random, int nodes,
            AtomicBoolean mayAsk) {
        try {
            while (mayAsk.get()) {
                long at = (System.nanoTime() - startNanos) / GID_NANOS - random.nextInt(GIDS_AT_ONCE);
                boolean saga = Math.floorMod(at, SAGAS_EVERY) == 0;
                client.ask(operation(random.nextInt(100), saga), "h" + seed + (saga ? "s" : "t") + at,
                        random.nextInt(nodes));
                Eventually.pass(random.nextInt(MOST_PAUSE_MILLIS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            client.close();
        }
    }

    private static Operation operation(int of100, boolean saga) {
        if (of100 < 35) {
            return saga ? Operation.BEGIN_SAGA : Operation.BEGIN_TCC;
        }
        if (of100 < 70) {
            return Operation.QUERY;
        }
        if (saga) {
            return of100 < 75 ? Operation.CANCEL : Operation.QUERY;
        }
        return of100 < 80 ? Operation.REGISTER : of100 < 93 ? Operation.CONFIRM : Operation.CANCEL;
    }
}
