package dev.parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** Who may know whom in this module. */
@AnalyzeClasses(packages = "dev.parley", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String GENERATED = "dev.parley.wire.v1";

    @ArchTest
    static final ArchRule theTextAlgebraKnowsTheJdkOnly = classes()
            .that()
            .resideInAPackage("dev.parley.ot")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.parley.ot");

    @ArchTest
    static final ArchRule mergingValuesKnowTheJdkOnly = classes()
            .that()
            .resideInAPackage("dev.parley.crdt")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.parley.crdt");

    @ArchTest
    static final ArchRule conversationsKnowTheTextAlgebra = classes()
            .that()
            .resideInAPackage("dev.parley.conversation")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.jspecify..", "dev.parley.ot", "dev.parley.crdt", "dev.parley.conversation");

    @ArchTest
    static final ArchRule theWireKnowsConversationsAndProtobuf = classes()
            .that()
            .resideInAPackage("dev.parley.wire")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.protobuf..",
                    "dev.parley.ot",
                    "dev.parley.crdt",
                    "dev.parley.conversation",
                    "dev.parley.wire",
                    GENERATED);

    @ArchTest
    static final ArchRule generatedMessagesKnowProtobufOnly = classes()
            .that()
            .resideInAPackage(GENERATED)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "com.google.protobuf..", GENERATED);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.parley.(**)").should().beFreeOfCycles();

    @ArchTest
    static void everyPackageSaysWhatMayBeNull(JavaClasses classes) {
        assertThat(classes.stream().map(JavaClass::getPackage).distinct())
                .filteredOn(found -> !found.getName().equals(GENERATED))
                .hasSizeGreaterThanOrEqualTo(4)
                .allMatch(found -> found.isAnnotatedWith(NullMarked.class));
    }
}
