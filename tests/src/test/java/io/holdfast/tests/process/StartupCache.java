package io.holdfast.tests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The start-up cache that the launcher has too, for the jars and the flags of the tests: dozens of starts take half the time. */
final class StartupCache {

    private static final Path SCRIPT = Path.of(System.getProperty("holdfast.root", ".."), "scripts/startup-cache.sh");

    private StartupCache() {
    }

    /** What to tell Java; makes the cache if it is not there or older than a jar. Nothing unless the class path is a folder. */
    static synchronized List<String> options(String classPath, List<String> flags) throws IOException {
        if (!classPath.endsWith("*")) {
            return List.of();
        }
        Path lib = Path.of(classPath.substring(0, classPath.length() - 1));
        Path cache = lib.resolveSibling("tests-startup.aot");
        // Tests of another JVM may be about to make the same.
        try (FileChannel channel = FileChannel.open(cache.resolveSibling("tests-startup.lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
            if (!Files.exists(cache) || modified(cache).compareTo(newest(lib)) < 0) {
                make(lib, cache, flags);
            }
        }
        return List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off");
    }

    private static void make(Path lib, Path cache, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), lib.toString(), cache.toString()));
        command.addAll(flags);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("no start-up cache: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static FileTime newest(Path lib) throws IOException {
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.map(StartupCache::modified).max(Comparator.naturalOrder()).orElseThrow();
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
