package io.holdfast.testkit.component;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Where programs of others are: on the PATH, in the usual places, or where {@code scripts/components.sh} unpacks them. */
public final class Components {
    private static final String NOTHING_MAY_BE_MISSING = "HOLDFAST_REQUIRE_ALL";

    private Components() {
    }

    /**
     * Skips the running test if one of the programs is not on this machine; fails it if {@code HOLDFAST_REQUIRE_ALL=1} is in the
     * environment.
     *
     * @param howToGet completes the message, for example {@code run scripts/components.sh}
     */
    public static void require(String howToGet, String... programs) {
        for (String program : programs) {
            if (find(program) == null) {
                throw missing(program + " is not on this machine: " + howToGet);
            }
        }
    }

    /** As {@link #require}; where the program is. */
    public static Path required(String howToGet, String program) {
        Path found = find(program);
        if (found == null) {
            throw missing(program + " is not on this machine: " + howToGet);
        }
        return found;
    }

    /** Ends the test as {@link #require} does; never returns. */
    static AssertionError missing(String message) {
        if ("1".equals(System.getenv(NOTHING_MAY_BE_MISSING))) {
            return fail(message);
        }
        return Assumptions.abort(message);
    }

    /** The path of a program, or null if it is not on this machine. */
    static @Nullable Path find(String program) {
        Stream<Path> onPath = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(Path::of);
        Stream<Path> others = Stream.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"),
                unpacked().resolve("usr/sbin"), unpacked().resolve("usr/bin"));
        return Stream.concat(onPath, others).map(place -> place.resolve(program))
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path)).findFirst().orElse(null);
    }

    /** Lets a process find the shared libraries that were unpacked; nothing changes where they were installed. */
    static void useUnpackedLibraries(Map<String, String> environment) {
        String cpu = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        Path libraries = unpacked().resolve("usr/lib").resolve(cpu + "-linux-gnu");
        if (Files.isDirectory(libraries)) {
            environment.put("LD_LIBRARY_PATH", libraries.toString());
        }
    }

    /** Where {@code scripts/components.sh} unpacks what it cannot install. */
    static Path unpacked() {
        String named = System.getenv("HOLDFAST_COMPONENTS");
        return named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache/holdfast/components");
    }
}
