package io.holdfast.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.holdfast.engine.Log;
import io.holdfast.engine.Participants;
import io.holdfast.engine.Store;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Dependencies point one way: api, core, engine, server, and nothing uses what stands at the edge. */
@AnalyzeClasses(packages = Production.ROOT, importOptions = Production.class)
class ModuleRulesTest {

    /** Without it every other rule could pass because nothing was looked at. */
    @ArchTest
    static void everyModuleIsLookedAtAndNoOtherExists(JavaClasses classes) {
        Set<String> seen = classes.stream().map(Production::moduleOf).collect(Collectors.toCollection(TreeSet::new));
        assertThat(seen).containsExactlyInAnyOrderElementsOf(Production.MODULES.keySet());
    }

    @ArchTest
    static void modulesUseOnlyWhatTheyMay(JavaClasses classes) {
        Production.MODULES.forEach((module, allowed) -> {
            Set<String> forbidden = new TreeSet<>(Production.MODULES.keySet());
            forbidden.removeAll(allowed);
            forbidden.remove(module);
            noClasses().that().resideInAPackage(Production.packagesOf(module)).should().dependOnClassesThat()
                    .resideInAnyPackage(forbidden.stream().map(Production::packagesOf).toArray(String[]::new))
                    .because("the arrows of docs/architecture.md point one way").allowEmptyShould(true).check(classes);
        });
    }

    /** A user's service has both on its class path and must inherit nothing from them. */
    @ArchTest
    static final ArchRule apiAndFenceBringNothingIntoAService = classes().that()
            .resideInAnyPackage(Production.packagesOf("api"), Production.packagesOf("fence")).should()
            .onlyDependOnClassesThat().resideInAnyPackage("java..", "javax.sql..", "org.jspecify..",
                    Production.packagesOf("api"), Production.packagesOf("fence"));

    @ArchTest
    static final ArchRule portsAreImplementedOutsideTheEngine = classes().that().implement(Log.class).or()
            .implement(Store.class).or().implement(Participants.class).should()
            .resideOutsideOfPackage(Production.packagesOf("engine"))
            .allowEmptyShould(true);
}
