package io.holdfast.tests.damage;

import io.holdfast.engine.StorageException;
import io.holdfast.log.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/** A load in a JVM of its own, which comes to the end that was chosen for it. */
final class LoadProcess {

    /** How the process ends. */
    enum End {
        /** Everything is closed. */
        CLEAN,
        /** SIGKILL, at an instant of its own. */
        KILLED,
        /** In the middle of a write to the log. */
        TORN
    }

    /** Steps before the end, so that there are several cuts, files and expired transactions. */
    private static final int STEPS = 70;
    private static final int MORE_STEPS = 12;
    /** Of the fake clock: the first third of the load expires. */
    static final long KEPT_MILLIS = 1_800;

    private LoadProcess() {
    }

    /** Runs one on a new directory. Returns the gids that it acknowledged. */
    static List<String> run(Path data, End end, long seed) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx256m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                LoadProcess.class.getName(), data.toString(), end.name(), Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int killAfter = (STEPS + new SplittableRandom(seed).nextInt(MORE_STEPS)) * 8;
        List<String> acknowledged = new ArrayList<>();
        try (var lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
                if (end == End.KILLED && acknowledged.size() == killAfter) {
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        int code = process.waitFor();
        if (end == End.CLEAN && code != 0 || acknowledged.size() < STEPS * 8) {
            throw new AssertionError("the load ended with " + code + " after " + acknowledged.size());
        }
        return acknowledged;
    }

    /** @param args directory, end, seed */
    public static void main(String[] args) throws StorageException {
        Path data = Path.of(args[0]);
        End end = End.valueOf(args[1]);
        long seed = Long.parseLong(args[2]);
        AtomicBoolean mayDie = new AtomicBoolean();
        UnaryOperator<Disk> disk = plain -> new DyingDisk(plain, mayDie::get);
        int steps = end == End.KILLED ? Integer.MAX_VALUE : STEPS + new SplittableRandom(seed).nextInt(MORE_STEPS);
        try (Node node = new Node(data, disk, KEPT_MILLIS, Load::answer)) {
            node.recover();
            Load load = new Load(node, seed, gid -> {
                System.out.println(gid);
                System.out.flush();
            });
            for (int step = 0; step < steps; step++) {
                load.step();
            }
            if (end == End.TORN) {
                mayDie.set(true);
                for (int step = 0; step < steps; step++) {
                    load.step();
                }
            }
        }
    }
}
