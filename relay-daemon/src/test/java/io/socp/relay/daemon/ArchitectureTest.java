package io.socp.relay.daemon;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.socp.relay.daemon.config.LinkOptions;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.Transport;
import io.socp.relay.daemon.deliver.FrameWatch;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.ownership.ThreadSafe;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The daemon's packages import each other, and core, in one direction only. */
@TestInstance(Lifecycle.PER_CLASS)
class ArchitectureTest {

    private static final String ROOT = "io.socp.relay.";

    private final JavaClasses daemon =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT + "daemon");

    @ParameterizedTest
    @CsvSource({
        "config,    engine crypto identity limit",
        "link,      engine wire limit verify sign identity envelope time",
        "offload,   time verify",
        "log,       daemon.config",
        "transport, daemon.config daemon.link engine crypto wire limit verify identity envelope"
                + " mesh message time",
        "deliver,   daemon.link daemon.offload dialect engine envelope identity limit mesh sign"
                + " time verify",
        "ops,       daemon.link daemon.deliver engine crypto dedup dialect envelope identity limit"
                + " mesh message presence time verify",
        "cli,       daemon daemon.config daemon.log engine crypto identity limit message verify",
    })
    void shouldImportOnlyThePackagesBelow(String name, String allowed) {
        String self = ROOT + "daemon." + name;
        String[] below =
                Stream.concat(
                                Stream.of(self, ROOT + "ownership"),
                                Stream.of(allowed.split(" ")).map(p -> ROOT + p))
                        .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(self)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.socp..").and(resideInAnyPackage(below).negate()))
                .check(daemon);
    }

    @Test
    void shouldSeeOnlyTheSeamOfANeighbour() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "daemon.ops")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "daemon.deliver")
                                .and(not(belongToAnyOf(FrameWatch.class))))
                .check(daemon);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "daemon.transport")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "daemon.config")
                                .and(
                                        not(
                                                belongToAnyOf(
                                                        LinkOptions.class,
                                                        TlsOptions.class,
                                                        Transport.class))))
                .check(daemon);
    }

    @Test
    void shouldLetNobodyDependOnTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "daemon.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "daemon.cli")
                .check(daemon);
    }

    @Test
    void shouldHaveNoCycles() {
        slices().matching("io.socp.relay.daemon.(*)..").should().beFreeOfCycles().check(daemon);
    }

    @Test
    void shouldTouchNettyOnlyWhereConnectionsLive() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT + "daemon.transport",
                        ROOT + "daemon.link",
                        ROOT + "daemon.deliver",
                        ROOT + "daemon.ops",
                        ROOT + "daemon")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(daemon);
    }

    @Test
    void shouldKeepTheMachinesClocksAndPropertiesAtTheEdge() {
        noClasses()
                .that(resideOutsideOfPackage(ROOT + "daemon"))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .check(daemon);
    }

    @Test
    void shouldSayWhoOwnsEachClassThatThreadsMeetIn() {
        classes()
                .that()
                .resideInAnyPackage(
                        ROOT + "daemon.link",
                        ROOT + "daemon.deliver",
                        ROOT + "daemon.offload",
                        ROOT + "daemon.transport")
                .and()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .doNotHaveSimpleName("package-info")
                .should(haveAnOwner())
                .check(daemon);
    }

    @Test
    void shouldDocumentTheContractOfEachPackage() {
        List<String> packages = daemon.stream().map(JavaClass::getPackageName).distinct().toList();
        List<String> documented =
                daemon.stream()
                        .filter(c -> c.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName)
                        .toList();

        assertThat(documented).containsExactlyInAnyOrderElementsOf(packages);
    }

    private static ArchCondition<JavaClass> haveAnOwner() {
        return new ArchCondition<>("be marked with exactly one kind of ownership") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                long marks =
                        Stream.of(EventLoopConfined.class, ThreadSafe.class, Immutable.class)
                                .filter(item::isAnnotatedWith)
                                .count();
                events.add(
                        new SimpleConditionEvent(
                                item, marks == 1, item.getName() + " has " + marks));
            }
        };
    }
}
