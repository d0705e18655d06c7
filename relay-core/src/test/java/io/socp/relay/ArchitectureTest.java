package io.socp.relay;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.socp.relay.testing.ArchitectureRules;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the core's classes to the map of packages and to the rules of the house. */
class ArchitectureTest {

    private static final String ROOT = "io.socp.relay";

    private static final Set<String> UP_TO_MESSAGE =
            Set.of("message", "envelope", "crypto", "identity");
    private static final Set<String> UP_TO_VERIFY =
            Set.of("verify", "message", "envelope", "crypto", "identity", "time");
    private static final Set<String> UP_TO_ROUTE =
            Set.of(
                    "route",
                    "dedup",
                    "mesh",
                    "presence",
                    "sign",
                    "verify",
                    "message",
                    "envelope",
                    "crypto",
                    "identity",
                    "time",
                    "limit");

    /** Who may use whom; {@code ownership} is everyone's. */
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("ownership", Set.of()),
                    Map.entry("time", Set.of()),
                    Map.entry("identity", Set.of()),
                    Map.entry("crypto", Set.of()),
                    Map.entry("limit", Set.of("time")),
                    Map.entry("envelope", Set.of("identity", "limit")),
                    Map.entry("message", Set.of("envelope", "identity", "crypto")),
                    Map.entry("sign", UP_TO_MESSAGE),
                    Map.entry("dialect", with(UP_TO_MESSAGE, "sign")),
                    Map.entry("verify", UP_TO_VERIFY),
                    Map.entry("dedup", UP_TO_VERIFY),
                    Map.entry("mesh", UP_TO_VERIFY),
                    Map.entry("presence", with(UP_TO_VERIFY, "sign")),
                    Map.entry("route", with(UP_TO_VERIFY, "dedup", "mesh", "presence")),
                    Map.entry("group", Set.of("identity", "crypto")),
                    Map.entry("engine", with(UP_TO_ROUTE, "dialect", "group")),
                    Map.entry("wire", Set.of("envelope", "limit")));

    private static final JavaClasses CORE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT);

    @Test
    void shouldUseOnlyPackagesTheMapAllows() {
        for (ArchRule rule : ArchitectureRules.packagesUseOnly(ROOT, MAY_USE)) {
            rule.check(CORE);
        }
    }

    @Test
    void shouldHaveEveryPackageInTheMap() {
        ArchitectureRules.packagesAreIn(ROOT, MAY_USE).check(CORE);
    }

    @Test
    void shouldUseNettyInWireOnly() {
        ArchitectureRules.onlyIn(ROOT + ".wire", "io.netty..").check(CORE);
    }

    @Test
    void shouldReachForNoClockNoThreadNoRandomness() {
        ArchitectureRules.reachForNoAmbientState(ROOT + "..").check(CORE);
    }

    @Test
    void shouldHaveFinalClasses() {
        ArchitectureRules.classesAreFinal().check(CORE);
    }

    @Test
    void shouldNameResponsibilities() {
        ArchitectureRules.namesSaySomething().check(CORE);
    }

    @Test
    void shouldSayWhoOwnsWhat() {
        ArchitectureRules.classesSayWhoOwnsThem(
                        ROOT + ".engine",
                        ROOT + ".mesh",
                        ROOT + ".presence",
                        ROOT + ".dedup",
                        ROOT + ".verify",
                        ROOT + ".route",
                        ROOT + ".sign")
                .check(CORE);
    }

    private static Set<String> with(Set<String> packages, String... more) {
        var all = new HashSet<>(packages);
        all.addAll(Set.of(more));
        return Set.copyOf(all);
    }
}
