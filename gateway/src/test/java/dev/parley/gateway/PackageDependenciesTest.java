package dev.parley.gateway;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** Who may import whom. The arrows go one way. */
@AnalyzeClasses(packages = "dev.parley.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageDependenciesTest {

    @ArchTest
    static void everyPackageKnowsOnlyWhatItMay(JavaClasses classes) {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("wiring")
                .definedBy("dev.parley.gateway")
                .layer("metrics")
                .definedBy("dev.parley.gateway.metrics..")
                .layer("http")
                .definedBy("dev.parley.gateway.http..")
                .layer("assistant")
                .definedBy("dev.parley.gateway.assistant..")
                .layer("transport")
                .definedBy("dev.parley.gateway.transport..")
                .layer("presence")
                .definedBy("dev.parley.gateway.presence..")
                .layer("shard")
                .definedBy("dev.parley.gateway.shard..")
                .layer("engines")
                .definedBy(
                        "dev.parley.gateway.store.rocksdb..",
                        "dev.parley.gateway.store.redis..",
                        "dev.parley.gateway.store.memory..")
                .layer("store")
                .definedBy("dev.parley.gateway.store")
                .layer("session")
                .definedBy("dev.parley.gateway.session..")
                .whereLayer("wiring")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("metrics")
                .mayOnlyBeAccessedByLayers("wiring")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("wiring")
                .whereLayer("assistant")
                .mayOnlyBeAccessedByLayers("wiring", "metrics", "http")
                .whereLayer("transport")
                .mayOnlyBeAccessedByLayers("wiring", "metrics", "http")
                .whereLayer("presence")
                .mayOnlyBeAccessedByLayers("wiring", "metrics", "transport")
                .whereLayer("shard")
                .mayOnlyBeAccessedByLayers("wiring", "metrics", "transport", "http", "assistant", "presence")
                .whereLayer("engines")
                .mayOnlyBeAccessedByLayers("wiring", "metrics")
                .whereLayer("store")
                .mayOnlyBeAccessedByLayers(
                        "wiring", "shard", "transport", "http", "assistant", "engines", "presence", "session")
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("wiring", "metrics", "shard", "transport", "http", "assistant", "presence")
                .check(classes);
    }

    @ArchTest
    static void packagesHaveNoCycles(JavaClasses classes) {
        slices().matching("dev.parley.gateway.(**)").should().beFreeOfCycles().check(classes);
    }

    @ArchTest
    static void shardsStoresAndSessionsKnowNothingOfNetty(JavaClasses classes) {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.parley.gateway.shard..",
                        "dev.parley.gateway.store..",
                        "dev.parley.gateway.session..",
                        "dev.parley.gateway.presence..")
                .and()
                .resideOutsideOfPackage("dev.parley.gateway.store.redis")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .because("only the client of Redis is built on it, and must be told of connections that are lost")
                .check(classes);
    }

    @ArchTest
    static void nobodyReadsTheWallClockButTheWiring(JavaClasses classes) {
        ArchRuleDefinition.noClasses()
                .that()
                .resideOutsideOfPackage("dev.parley.gateway")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(classes);
    }
}
