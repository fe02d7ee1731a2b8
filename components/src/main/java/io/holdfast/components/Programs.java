package io.holdfast.components;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where programs of others are: on the PATH, in the usual places, or where {@code scripts/components.sh} unpacks them. */
public final class Programs {
    private static final Path ROOT = Path.of("/");

    private Programs() {
    }

    /** The path of a program; empty if it is not on this machine. */
    public static Optional<Path> find(String program) {
        Stream<Path> onPath = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(Path::of);
        Stream<Path> others = Stream.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/usr/bin"),
                unpacked().resolve("usr/sbin"), unpacked().resolve("usr/bin"));
        return Stream.of(onPath, others, postgresOf(ROOT), postgresOf(unpacked())).flatMap(places -> places)
                .map(place -> place.resolve(program))
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path)).findFirst();
    }

    /** As {@link #find}, where it cannot be done without. */
    public static Path required(String program) throws MissingProgramException {
        Optional<Path> found = find(program);
        if (found.isEmpty()) {
            throw new MissingProgramException(program);
        }
        return found.get();
    }

    /** Where {@code scripts/components.sh} unpacks what it cannot or must not install. */
    public static Path unpacked() {
        String named = System.getenv("HOLDFAST_COMPONENTS");
        return named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache/holdfast/components");
    }

    /** Whether a program, or what a link leads to, is one of those that were unpacked: they do not find their own files. */
    static boolean isUnpacked(Path program) {
        try {
            return Files.exists(program) && program.toRealPath().startsWith(unpacked().toRealPath());
        } catch (IOException e) {
            return false; // nothing has been unpacked
        }
    }

    /** Lets a process find the shared libraries that were unpacked; nothing changes where they were installed. */
    public static void useUnpackedLibraries(Map<String, String> environment) {
        String cpu = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        Path libraries = unpacked().resolve("usr/lib").resolve(cpu + "-linux-gnu");
        if (Files.isDirectory(libraries)) {
            environment.put("LD_LIBRARY_PATH", libraries.toString());
        }
    }

    /** Debian keeps the programs of each version of PostgreSQL in a folder of its own; the newest first. */
    private static Stream<Path> postgresOf(Path root) {
        List<Path> versions = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.resolve("usr/lib/postgresql"), "[0-9]*")) {
            folders.forEach(versions::add);
        } catch (IOException e) {
            return Stream.empty(); // there is none
        }
        versions.sort(Comparator.comparing(Programs::version).reversed());
        return versions.stream().map(version -> version.resolve("bin"));
    }

    private static double version(Path folder) {
        try {
            return Double.parseDouble(folder.getFileName().toString());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
