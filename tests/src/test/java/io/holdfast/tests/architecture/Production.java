package io.holdfast.tests.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.Map;
import java.util.Set;

/** The classes that ship, and which module may use which. */
final class Production implements ImportOption {

    /** Where all packages begin. */
    static final String ROOT = "io.holdfast";

    /**
     * Every module with those that it may use, directly: arrows point one way, towards the api. What nobody may use (examples,
     * bench, cli) stands in no set but that of the command line, which gathers the commands.
     */
    static final Map<String, Set<String>> MODULES = Map.ofEntries(
            Map.entry("api", Set.of()),
            Map.entry("core", Set.of("api")),
            Map.entry("wire", Set.of()),
            Map.entry("rpc", Set.of()),
            Map.entry("engine", Set.of("api", "core", "wire")),
            Map.entry("log", Set.of("api", "core", "engine")),
            Map.entry("store", Set.of("api", "core", "engine")),
            Map.entry("raft", Set.of("core", "engine")),
            Map.entry("server", Set.of("api", "core", "wire", "rpc", "engine", "log", "store", "raft")),
            Map.entry("fence", Set.of("api")),
            Map.entry("simulator", Set.of("api", "core", "wire", "engine", "log")),
            Map.entry("components", Set.of()),
            Map.entry("testkit", Set.of("api", "core", "wire", "engine", "log", "simulator", "components")),
            Map.entry("examples",
                    Set.of("api", "core", "wire", "rpc", "engine", "log", "store", "server", "fence",
                            "components", "testkit")),
            Map.entry("bench",
                    Set.of("api", "core", "wire", "rpc", "engine", "log", "raft", "store", "server", "fence",
                            "testkit")),
            Map.entry("cli",
                    Set.of("api", "core", "wire", "rpc", "engine", "log", "store", "server", "fence", "testkit",
                            "simulator", "examples", "bench")));

    @Override
    public boolean includes(Location location) {
        return !location.contains("/test-classes/");
    }

    /** The packages of a module, in the notation of ArchUnit. */
    static String packagesOf(String module) {
        return ROOT + "." + module + "..";
    }

    /** The module of a class of ours. */
    static String moduleOf(JavaClass type) {
        String[] segments = type.getPackageName().split("\\.", -1);
        return segments.length > 2 ? segments[2] : "";
    }
}
