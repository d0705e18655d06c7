package io.socp.relay.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.socp.relay.testing.ArchitectureRules;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the client's classes to the contract in each {@code package-info}. */
class ArchitectureTest {

    private static final String ROOT = "io.socp.relay";
    private static final String CLIENT = ROOT + ".client";

    /** Who may use whom; {@code ownership} is everyone's. */
    private static final Map<String, Set<String>> MAY_USE =
            Map.of(
                    "client",
                    Set.of(
                            "client.session",
                            "client.e2e",
                            "client.file",
                            "crypto",
                            "envelope",
                            "identity",
                            "message",
                            "time",
                            "verify"),
                    "client.session",
                    Set.of("crypto", "envelope", "identity", "message", "wire"),
                    "client.e2e",
                    Set.of("crypto", "envelope", "identity", "message", "verify"),
                    "client.file",
                    Set.of("client.e2e", "crypto", "envelope", "identity", "message"),
                    "client.load",
                    Set.of(
                            "client",
                            "client.session",
                            "client.e2e",
                            "crypto",
                            "envelope",
                            "identity",
                            "message",
                            "verify",
                            "wire"),
                    "client.conformance",
                    Set.of(
                            "client.session",
                            "client.e2e",
                            "crypto",
                            "envelope",
                            "identity",
                            "message",
                            "verify"),
                    "client.mesh",
                    Set.of("client", "crypto", "identity"),
                    "client.profile",
                    Set.of("client", "crypto", "identity"),
                    "client.chat",
                    Set.of("client", "identity"),
                    "client.cli",
                    Set.of(
                            "client",
                            "client.session",
                            "client.e2e",
                            "client.load",
                            "client.mesh",
                            "client.profile",
                            "client.chat",
                            "client.conformance",
                            "crypto",
                            "identity"));

    /** The packages below the client, which the table must name to forbid them, and the daemon. */
    private static final Set<String> OTHERS =
            Set.of(
                    "crypto",
                    "daemon..",
                    "dedup",
                    "dialect",
                    "engine",
                    "envelope",
                    "group",
                    "identity",
                    "limit",
                    "mesh",
                    "message",
                    "presence",
                    "route",
                    "sign",
                    "time",
                    "verify",
                    "wire");

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(CLIENT);

    @Test
    void shouldUseOnlyPackagesThatTheirContractsAllow() {
        Map<String, Set<String>> table = new HashMap<>(MAY_USE);
        OTHERS.forEach(name -> table.put(name, Set.of()));
        for (ArchRule rule : ArchitectureRules.packagesUseOnly(ROOT, table)) {
            rule.check(CLASSES);
        }
    }

    @Test
    void shouldHaveEveryPackageInTheTable() {
        ArchitectureRules.packagesAreIn(ROOT, MAY_USE).check(CLASSES);
    }

    @Test
    void shouldDocumentTheContractOfEachPackage() {
        List<String> packages = CLASSES.stream().map(JavaClass::getPackageName).distinct().toList();
        List<String> documented =
                CLASSES.stream()
                        .filter(c -> c.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName)
                        .toList();

        assertThat(documented).containsExactlyInAnyOrderElementsOf(packages);
    }

    @ParameterizedTest
    @CsvSource({
        "io.netty..,         session load conformance",
        "org.jline..,        chat",
        "picocli..,          cli",
        "org.HdrHistogram.., load",
        "java.net.http..,    mesh",
        "tools.jackson..,    chat cli conformance load mesh profile",
        "me.tongfei..,       chat",
    })
    void shouldKeepLibrariesWhereTheyBelong(String library, String packages) {
        String[] allowed =
                List.of(packages.split(" ")).stream()
                        .map(name -> CLIENT + "." + name)
                        .toArray(String[]::new);

        noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    @Test
    void shouldTouchTheDiskWhereItBelongs() {
        String[] allowed =
                Stream.of("chat", "cli", "file", "load", "mesh", "profile")
                        .map(name -> CLIENT + "." + name)
                        .toArray(String[]::new);

        noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat(
                        JavaClass.Predicates.resideInAPackage("java.nio.file..")
                                .and(DescribedPredicate.not(JavaClass.Predicates.type(Path.class))))
                .check(CLASSES);
    }

    @Test
    void shouldReachForNoClockNoThreadNoRandomnessInCryptography() {
        ArchitectureRules.reachForNoAmbientState(CLIENT + ".e2e").check(CLASSES);
    }

    @Test
    void shouldHaveFinalClasses() {
        ArchitectureRules.classesAreFinal().check(CLASSES);
    }

    @Test
    void shouldNameResponsibilities() {
        ArchitectureRules.namesSaySomething().check(CLASSES);
    }

    @Test
    void shouldSayWhoOwnsWhat() {
        ArchitectureRules.classesSayWhoOwnsThem(CLIENT + ".session", CLIENT + ".profile")
                .check(CLASSES);
    }
}
