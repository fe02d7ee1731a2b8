package io.holdfast.examples.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** Programs of others: on the PATH, in the usual places, or where {@code scripts/components.sh} unpacks them. */
final class Programs {
    private static final String HOW_TO_GET = "; scripts/components.sh gets it, and --components embedded does without";

    private Programs() {
    }

    /** @throws MissingMeansException if it is not on this machine */
    static Path find(String program) throws MissingMeansException {
        Stream<Path> onPath = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(Path::of);
        Stream<Path> others = Stream.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/usr/bin"),
                unpacked().resolve("usr/sbin"), unpacked().resolve("usr/bin"));
        return Stream.concat(onPath, others).map(place -> place.resolve(program))
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path)).findFirst()
                .orElseThrow(() -> missing(program));
    }

    /** What to say where something is not on this machine. */
    static MissingMeansException missing(String what) {
        return new MissingMeansException(
                "--components real needs " + what + ", which is not on this machine" + HOW_TO_GET
                        + ".");
    }

    /** Whether a program is one of those that were unpacked, which do not find their own files by themselves. */
    static boolean isUnpacked(Path program) {
        return program.startsWith(unpacked());
    }

    static Path unpacked() {
        String named = System.getenv("HOLDFAST_COMPONENTS");
        return named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache/holdfast/components");
    }

    /** Lets a process find the libraries that were unpacked beside a program, where there are any. */
    static void useUnpackedLibraries(Map<String, String> environment) {
        String cpu = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        Path libraries = unpacked().resolve("usr/lib").resolve(cpu + "-linux-gnu");
        if (Files.isDirectory(libraries)) {
            environment.put("LD_LIBRARY_PATH", libraries.toString());
        }
    }
}
