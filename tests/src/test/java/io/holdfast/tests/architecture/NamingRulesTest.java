package io.holdfast.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/** A name says what a thing is; these say nothing. */
@AnalyzeClasses(packages = Production.ROOT, importOptions = Production.class)
class NamingRulesTest {

    private static final List<String> EMPTY_PACKAGE_NAMES = List.of("common", "helper", "helpers", "impl", "misc",
            "model",
            "service", "services", "util", "utils");

    /** Generated, and the format of the log is not a matter of taste. */
    private static final String[] GENERATED = {Production.packagesOf("wire"), Production.packagesOf("rpc")};

    @ArchTest
    static final ArchRule packagesAreNamedAfterWhatTheyDo = noClasses().should().resideInAnyPackage(
            EMPTY_PACKAGE_NAMES.stream().map(name -> ".." + name + "..").toArray(String[]::new));

    @ArchTest
    static final ArchRule classesAreNamedAfterWhatTheyAre = classes().that().resideOutsideOfPackages(GENERATED).should()
            .haveSimpleNameNotEndingWith("Util").andShould().haveSimpleNameNotEndingWith("Utils").andShould()
            .haveSimpleNameNotEndingWith("Helper").andShould().haveSimpleNameNotEndingWith("Manager").andShould()
            .haveSimpleNameNotEndingWith("Impl");

    @ArchTest
    static final ArchRule nothingPrintsToTheConsoleButCommands = noClasses().that().resideInAnyPackage(
            Production.packagesOf("api"), Production.packagesOf("core"), Production.packagesOf("engine"),
            Production.packagesOf("log"), Production.packagesOf("store"), Production.packagesOf("fence")).should()
            .accessField(System.class, "out")
            .orShould().accessField(System.class, "err").orShould().callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static void everyPackageSaysThatNullIsTheException(JavaClasses classes) {
        Set<String> packages = new TreeSet<>();
        Set<String> unmarked = new TreeSet<>();
        classes.stream().filter(type -> !Set.of("wire", "rpc").contains(Production.moduleOf(type))).forEach(type -> {
            JavaPackage home = type.getPackage();
            packages.add(home.getName());
            if (!home.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(home.getName());
            }
        });
        assertThat(packages).as("packages looked at").isNotEmpty();
        assertThat(unmarked).as("packages without a package-info that is @NullMarked").isEmpty();
    }
}
