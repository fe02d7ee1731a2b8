package io.holdfast.tests.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real file system of a few megabytes, in memory. */
public final class SmallDisk implements AutoCloseable {

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts one on an empty directory; skips the test, and says why, where that is not allowed. */
    public static SmallDisk mount(Path directory, int mebibytes) throws Exception {
        Outcome mounted = run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "holdfast-test",
                directory.toString());
        assumeTrue(mounted.exitCode == 0,
                "a full disk needs a small tmpfs: run as root where mount is allowed (mount said: " + mounted.said
                        + ")");
        return new SmallDisk(directory);
    }

    /** Gives it more room. */
    void grow(int mebibytes) throws Exception {
        remount("size=" + mebibytes + "m");
    }

    /** Lets nobody write to it any more; not while a file is open for writing. */
    void makeReadOnly() throws Exception {
        remount("ro");
    }

    void makeWritable() throws Exception {
        remount("rw");
    }

    private void remount(String option) throws Exception {
        Outcome mounted = run("mount", "-o", "remount," + option, directory.toString());
        if (mounted.exitCode != 0) {
            throw new AssertionError("cannot remount " + directory + ": " + mounted.said);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            // Lazily, so that nothing that is still open keeps it for ever.
            run("umount", "-l", directory.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Outcome(int exitCode, String said) {}

    private static Outcome run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new Outcome(-1, String.valueOf(e.getMessage()));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError(List.of(command) + " does not end");
        }
        return new Outcome(process.exitValue(), said);
    }
}
