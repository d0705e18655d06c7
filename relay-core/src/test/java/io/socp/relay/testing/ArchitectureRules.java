package io.socp.relay.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.ownership.ThreadSafe;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Rules of the house about classes; the architecture test of each module says where they hold. */
public final class ArchitectureRules {

    private static final List<Class<? extends Annotation>> OWNERSHIP =
            List.of(Immutable.class, ThreadSafe.class, EventLoopConfined.class);

    /** Names that say nothing about the responsibility. */
    private static final Pattern EMPTY_NAME =
            Pattern.compile("Abstract.*|.*(Manager|Utils?|Helper|Impl|Base|Data|Info)");

    /** Packages that every other may use. */
    private static final Set<String> COMMON = Set.of("ownership");

    private ArchitectureRules() {}

    /**
     * Each package uses only those that stand beside it in the table.
     *
     * @param root the package in which the others are named
     * @param allowed for each package below the root, those of the root it may use
     */
    public static List<ArchRule> packagesUseOnly(String root, Map<String, Set<String>> allowed) {
        return allowed.keySet().stream().map(name -> usesOnly(root, name, allowed)).toList();
    }

    /** No package is missing in the table. */
    public static ArchRule packagesAreIn(String root, Map<String, Set<String>> allowed) {
        String[] known = allowed.keySet().stream().map(p -> root + "." + p).toArray(String[]::new);
        return classes().should().resideInAnyPackage(known);
    }

    /** These packages learn time from a {@code Ticker}, randomness from an argument, no threads. */
    public static ArchRule reachForNoAmbientState(String... packages) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethodWhere(isCallTo("java.time.Instant", "now"))
                .orShould()
                .callMethodWhere(isCallTo("java.time.Clock", "system.*"))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Thread.class,
                        Random.class,
                        Timer.class,
                        ThreadLocalRandom.class,
                        ExecutorService.class)
                .because("time and randomness are arguments, and threads belong to the daemon");
    }

    public static ArchRule onlyIn(String allowedPackage, String library) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(allowedPackage)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    /** A class is final unless it says why not: sealed, an exception, or no class in this sense. */
    public static ArchRule classesAreFinal() {
        return classes()
                .that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .areNotAssignableTo(Throwable.class)
                .and(describe("are not sealed", c -> !c.reflect().isSealed()))
                .should()
                .haveModifier(JavaModifier.FINAL);
    }

    public static ArchRule namesSaySomething() {
        return noClasses()
                .should(
                        hold(
                                "have an empty name",
                                c -> EMPTY_NAME.matcher(c.getSimpleName()).matches()));
    }

    /** Whoever has state or is handed from thread to thread says so, in exactly one way. */
    public static ArchRule classesSayWhoOwnsThem(String... packages) {
        return classes()
                .that()
                .resideInAnyPackage(packages)
                .and()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .areNotAssignableTo(Throwable.class)
                .and(describe("can have instances", ArchitectureRules::canHaveInstances))
                .should(hold("carry one ownership annotation", c -> ownershipTags(c) == 1));
    }

    private static ArchRule usesOnly(String root, String name, Map<String, Set<String>> allowed) {
        String[] forbidden =
                allowed.keySet().stream()
                        .filter(other -> !other.equals(name))
                        .filter(other -> !COMMON.contains(other))
                        .filter(other -> !allowed.get(name).contains(other))
                        .map(other -> root + "." + other)
                        .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(root + "." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(true)
                .as(name + " uses only " + allowed.get(name));
    }

    private static DescribedPredicate<JavaMethodCall> isCallTo(String owner, String methodPattern) {
        return describe(
                owner + "." + methodPattern,
                call ->
                        call.getTargetOwner().getName().equals(owner)
                                && call.getName().matches(methodPattern));
    }

    private static boolean canHaveInstances(JavaClass c) {
        return c.isRecord()
                || c.getConstructors().stream()
                        .anyMatch(made -> !made.getModifiers().contains(JavaModifier.PRIVATE))
                || Stream.concat(c.getFields().stream(), c.getMethods().stream())
                        .anyMatch(m -> !m.getModifiers().contains(JavaModifier.STATIC));
    }

    private static long ownershipTags(JavaClass c) {
        return OWNERSHIP.stream().filter(c::isAnnotatedWith).count();
    }

    private static ArchCondition<JavaClass> hold(String what, Predicate<JavaClass> condition) {
        return new ArchCondition<>(what) {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean holds = condition.test(item);
                String text = item.getName() + (holds ? " does " : " does not ") + what;
                events.add(new SimpleConditionEvent(item, holds, text));
            }
        };
    }
}
