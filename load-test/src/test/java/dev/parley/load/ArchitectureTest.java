package dev.parley.load;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.parley.load", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    /** A fault in the code that the gateway uses as well must not make its judge blind to it. */
    @ArchTest
    static final ArchRule THE_CHECKER_SHARES_NO_LOGIC_WITH_WHAT_IT_JUDGES = noClasses()
            .that()
            .resideInAPackage("dev.parley.load.check")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.parley.load", "dev.parley.conversation..", "dev.parley.ot..", "dev.parley.wire", "io.netty..");

    /** A load test that knew the gateway's classes would share its mistakes. */
    @ArchTest
    static final ArchRule IT_SEES_NO_CLASS_OF_THE_GATEWAY =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.parley.gateway..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.parley.(load..)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_WHAT_RUNS_SIMULATIONS_KNOWS_GATLING = noClasses()
            .that()
            .resideInAnyPackage("dev.parley.load", "dev.parley.load.check")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.gatling..", "scala..");
}
