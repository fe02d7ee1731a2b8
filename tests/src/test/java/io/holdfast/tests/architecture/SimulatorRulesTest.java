package io.holdfast.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.holdfast.core.Core;
import io.holdfast.engine.Coordinator;
import io.holdfast.engine.Engine;
import io.holdfast.engine.Log;
import io.holdfast.engine.Owner;
import io.holdfast.engine.ReplicatedLog;
import io.holdfast.engine.Store;
import io.holdfast.engine.dispatch.Dispatcher;
import io.holdfast.engine.lease.Lease;
import io.holdfast.engine.lease.LeasedCalls;
import io.holdfast.engine.lease.Pings;
import io.holdfast.log.FileLog;

/** What the simulator shows holds for the product only if it runs the product: it has no engine, log or state machine of its own. */
@AnalyzeClasses(packages = Production.ROOT, importOptions = Production.class)
class SimulatorRulesTest {

    private static final String SIMULATOR = Production.packagesOf("simulator");

    @ArchTest
    static final ArchRule itHasNoEngineOfItsOwn = noClasses().that().resideInAPackage(SIMULATOR).should()
            .beAssignableTo(Coordinator.class).orShould().beAssignableTo(Owner.class).orShould()
            .beAssignableTo(Core.class).orShould().beAssignableTo(Dispatcher.class);

    /** A log that says what the real one did, and the model of what a group agrees on. */
    @ArchTest
    static final ArchRule itHasNoOtherLogs = classes().that().resideInAPackage(SIMULATOR).and()
            .areAssignableTo(assignableTo(Log.class).or(assignableTo(ReplicatedLog.class))).should()
            .haveFullyQualifiedName("io.holdfast.simulator.RecordingLog").orShould()
            .haveFullyQualifiedName("io.holdfast.simulator.Group$Copy");

    /** It passes the conformance suite of the port. */
    @ArchTest
    static final ArchRule itHasOneModelOfTheStore = classes().that().resideInAPackage(SIMULATOR).and()
            .areAssignableTo(Store.class).should().haveFullyQualifiedName("io.holdfast.simulator.SimStore");

    @ArchTest
    static final ArchRule itsNodesAreEnginesOnTheRealLog = classes().that()
            .haveFullyQualifiedName("io.holdfast.simulator.Node").should()
            .callConstructor(Engine.class, Log.class, Store.class, io.holdfast.engine.Participants.class,
                    io.holdfast.engine.Clock.class, java.util.random.RandomGenerator.class,
                    io.holdfast.engine.EngineOptions.class, java.util.function.Consumer.class)
            .andShould().callConstructor(Engine.class, ReplicatedLog.class, Store.class,
                    io.holdfast.engine.Participants.class, io.holdfast.engine.Clock.class,
                    java.util.random.RandomGenerator.class, io.holdfast.engine.EngineOptions.class,
                    java.util.function.Consumer.class)
            .andShould().dependOnClassesThat().areAssignableTo(FileLog.class);

    /** Threads and frames are a model, what a worker may begin and when its calls are given up is not. */
    @ArchTest
    static final ArchRule itsWorkersLeaseAsThoseOfTheServer = classes().that()
            .haveFullyQualifiedName("io.holdfast.simulator.SimSession").or()
            .haveFullyQualifiedName("io.holdfast.server.workers.pool.WorkerSession").should()
            .callMethod(LeasedCalls.class, "send", Object.class, int.class, long.class)
            .andShould().callMethod(LeasedCalls.class, "giveUp", long.class);

    @ArchTest
    static final ArchRule itsWorkersKeepToTheirLeasesAsThoseOfTheServer = classes().that()
            .haveFullyQualifiedName("io.holdfast.simulator.SimLink").or()
            .haveFullyQualifiedName("io.holdfast.server.workers.process.NodeLink").should()
            .callMethod(Lease.class, "isValid", long.class);

    @ArchTest
    static final ArchRule itsWorkersCountTheirPingsAsThoseOfTheServer = classes().that()
            .haveFullyQualifiedName("io.holdfast.simulator.SimLink").or()
            .haveFullyQualifiedName("io.holdfast.server.workers.process.NodeLink$Stream").should()
            .dependOnClassesThat().areAssignableTo(Pings.class);

    @ArchTest
    static final ArchRule itsTruthIsTheRealStateMachine = classes().that()
            .haveFullyQualifiedName("io.holdfast.simulator.Truth").should()
            .callConstructor(Core.class);
}
