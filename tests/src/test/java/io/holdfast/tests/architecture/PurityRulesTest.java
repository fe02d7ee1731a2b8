package io.holdfast.tests.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** Replays must agree, and the simulator must be in charge: no hidden input in the core, no thread or device in the engine. */
@AnalyzeClasses(packages = Production.ROOT, importOptions = Production.class)
class PurityRulesTest {

    private static final String CORE = Production.packagesOf("core");
    private static final String ENGINE = Production.packagesOf("engine");

    /** The rest of what it may use is in its own packages: see {@link #CORE_LIBRARY_PACKAGES}. */
    private static final Set<String> CORE_LIBRARY_CLASSES = Set.of("java.nio.ByteBuffer", "java.nio.ByteOrder",
            "java.security.MessageDigest", "java.security.NoSuchAlgorithmException", "java.util.zip.CRC32C");

    private static final String[] CORE_LIBRARY_PACKAGES = {"java.lang", "java.lang.annotation", "java.lang.invoke",
            "java.lang.runtime", "java.util", "java.util.function", "java.util.stream", "java.nio.charset",
            "org.jspecify.annotations"};

    private static final Set<String> HIDDEN_INPUTS = Set.of("java.lang.Thread", "java.lang.ThreadLocal",
            "java.lang.ScopedValue", "java.lang.Process", "java.lang.ProcessBuilder", "java.lang.Runtime",
            "java.lang.StackWalker", "java.util.Random", "java.util.SplittableRandom", "java.util.UUID",
            "java.util.Timer", "java.util.Date", "java.util.Calendar", "java.util.TimeZone", "java.util.Scanner",
            "java.util.ServiceLoader", "java.util.ResourceBundle");

    /** System has an arraycopy, which is harmless; everything else in it is a hidden input or output. */
    private static final Set<String> HARMLESS_IN_SYSTEM = Set.of("arraycopy");

    private static final Set<String> MAKERS_OF_THREADS = Set.of("<init>", "ofPlatform", "ofVirtual",
            "startVirtualThread");

    @ArchTest
    static final ArchRule coreUsesPlainDataStructuresOnly = classes().that().resideInAPackage(CORE).should()
            .onlyDependOnClassesThat(resideInAnyPackage(CORE, Production.packagesOf("api"))
                    .or(resideInAnyPackage(CORE_LIBRARY_PACKAGES).and(not(named(HIDDEN_INPUTS))))
                    .or(named(CORE_LIBRARY_CLASSES)))
            .because("given the same log every process has to reach the same state");

    @ArchTest
    static final ArchRule coreAsksTheMachineForNothing = noClasses().that().resideInAPackage(CORE).should()
            .accessTargetWhere(accessTo("java.lang.System", HARMLESS_IN_SYSTEM))
            .orShould().callMethod(Math.class, "random")
            .because("time, identities and settings arrive in the entry");

    /** The state hash may not rest on a function that a JDK could change, nor on the identity of an object. */
    @ArchTest
    static final ArchRule coreNeverUsesHashesOfTheJdk = noClasses().that().resideInAPackage(CORE).should()
            .callMethod(String.class, "hashCode").orShould().callMethod(Object.class, "hashCode").orShould()
            .callMethod(System.class, "identityHashCode", Object.class);

    @ArchTest
    static final ArchRule engineReachesDevicesThroughPortsOnly = noClasses().that().resideInAPackage(ENGINE).should()
            .dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..", "java.io..",
                    "java.sql..", "javax..").and(
                            not(named(Set.of(IOException.class.getName(),
                                    UncheckedIOException.class.getName())))));

    @ArchTest
    static final ArchRule engineMakesThreadsInItsRunnerOnly = noClasses().that(resideInAnyPackage(ENGINE)
            .and(resideOutsideOfPackages(Production.packagesOf("engine.runner")))).should()
            .dependOnClassesThat(named(Set.of(Executors.class.getName(), "java.util.Timer",
                    "java.util.concurrent.ForkJoinPool", "java.util.concurrent.ThreadPoolExecutor",
                    "java.util.concurrent.ScheduledThreadPoolExecutor")))
            .orShould().callConstructorWhere(makesAThread()).orShould().callMethodWhere(makesAThread());

    /** An owner that waits has to wake when its bell rings. */
    @ArchTest
    static final ArchRule engineNeverSleeps = noClasses().that().resideInAPackage(ENGINE).should()
            .callMethod(Thread.class, "sleep", long.class);

    private static DescribedPredicate<JavaClass> named(Set<String> names) {
        return DescribedPredicate.describe("are one of " + names, type -> names.contains(type.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> makesAThread() {
        return DescribedPredicate.describe("makes a thread or takes one of the common pool", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getTarget().getName();
            return owner.isAssignableTo(Thread.class)
                    ? MAKERS_OF_THREADS.contains(name)
                    : owner.isAssignableTo(CompletableFuture.class) && name.endsWith("Async");
        });
    }

    private static DescribedPredicate<JavaAccess<?>> accessTo(String owner, Set<String> except) {
        return DescribedPredicate.describe("goes to " + owner + " except " + except,
                access -> access.getTargetOwner().getName().equals(owner)
                        && !except.contains(access.getTarget().getName()));
    }
}
