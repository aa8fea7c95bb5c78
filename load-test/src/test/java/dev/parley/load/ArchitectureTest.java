package dev.parley.load;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

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
}
