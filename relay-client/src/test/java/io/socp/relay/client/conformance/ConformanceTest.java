package io.socp.relay.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.conformance.Settings.Times;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.testing.TestKeys;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every clause passes on a sound server, and fails on the server that is broken in it. */
class ConformanceTest {

    /** Runs at a time: most of a run is waiting. */
    private static final int RUNS_AT_ONCE = 6;

    private static final Times PATIENT =
            new Times(
                    Duration.ofSeconds(5),
                    Duration.ofMillis(150),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(6));

    /** For what will not come. */
    private static final Times HASTY =
            new Times(
                    Duration.ofMillis(700),
                    Duration.ofMillis(150),
                    Duration.ofMillis(700),
                    Duration.ofSeconds(4));

    private static final Map<Role, IdentityKey> KEYS = keys();

    private static Map<Role, IdentityKey> keys() {
        Map<Role, IdentityKey> keys = new EnumMap<>(Role.class);
        keys.put(Role.ALICE, TestKeys.ALICE.identity());
        keys.put(Role.BOB, TestKeys.BOB.identity());
        keys.put(Role.CAROL, TestKeys.CAROL.identity());
        keys.put(Role.MALLORY, TestKeys.MALLORY.identity());
        keys.put(Role.PEER, TestKeys.SERVER_B.identity());
        keys.put(Role.RIVAL, TestKeys.SERVER_C.identity());
        for (Role role : List.of(Role.GUEST, Role.LISTENER, Role.SILENT)) {
            keys.put(role, IdentityKey.generate());
        }
        return keys;
    }

    @TestFactory
    Stream<DynamicTest> shouldFailOnlyOnTheServerBrokenInTheClause() {
        List<DynamicTest> tests = new ArrayList<>();
        ExecutorService runs = Executors.newFixedThreadPool(RUNS_AT_ONCE);
        for (Clause clause : Standard.clauses()) {
            Future<Verdict> broken = runs.submit(() -> alone(clause, clause.id(), HASTY));
            Future<Verdict> sound = runs.submit(() -> alone(clause, BrokenRelay.NONE, PATIENT));
            tests.add(
                    DynamicTest.dynamicTest(
                            clause.id(),
                            () -> {
                                assertThat(broken.get()).isInstanceOf(Verdict.Fail.class);
                                assertThat(sound.get()).isInstanceOf(Verdict.Pass.class);
                            }));
        }
        runs.shutdown();
        return tests.stream();
    }

    private static Verdict alone(Clause clause, String defect, Times times) throws Exception {
        try (BrokenRelay relay = BrokenRelay.start(defect)) {
            Report report = run(relay.url(), times, clause.id());
            assertThat(relay.bug()).isNull();
            assertThat(report.results()).hasSize(1);
            return report.results().getFirst().verdict();
        }
    }

    @Test
    void shouldPassAllClausesOnASoundServerInOneRun() throws Exception {
        try (BrokenRelay relay = BrokenRelay.start(BrokenRelay.NONE)) {
            Report report = run(relay.url(), PATIENT, "");

            assertThat(report.table()).contains(" 0 failed, 0 not offered");
            assertThat(report.passed()).isEqualTo(Standard.clauses().size());
            assertThat(relay.bug()).isNull();
        }
    }

    @Test
    void shouldGiveEachClauseItsOwnId() {
        assertThat(Standard.clauses().stream().map(Clause::id)).doesNotHaveDuplicates();
    }

    @Test
    void shouldSayWhatWasSentExpectedAndCame() throws Exception {
        try (BrokenRelay relay = BrokenRelay.start("error.unknown-type")) {
            Report report = run(relay.url(), HASTY, "error.unknown-type");

            assertThat(report.table())
                    .contains("FAIL", "sent:     {", "{\"type\":\"MSG_TELEPATHY\"")
                    .contains("expected: ERROR UNKNOWN_TYPE")
                    .contains("1 clauses: 0 passed, 1 failed");
            JsonNode json = JsonMapper.shared().readTree(report.json());
            assertThat(json.path("failed").intValue()).isEqualTo(1);
            JsonNode clause = json.path("clauses").path(0);
            assertThat(clause.path("id").stringValue()).isEqualTo("error.unknown-type");
            assertThat(clause.path("verdict").stringValue()).isEqualTo("FAIL");
            assertThat(clause.path("detail").stringValue()).contains("MSG_TELEPATHY");
        }
    }

    @Test
    void shouldNotBlameAServerThatLinksNoServersForWhatNeedsThem() throws Exception {
        try (BrokenRelay relay = BrokenRelay.start("transport.one-port")) {
            Report report = run(relay.url(), HASTY, "deliver.to-server");

            assertThat(report.failed()).isZero();
            assertThat(report.notOffered()).isEqualTo(report.results().size());
        }
    }

    private static Report run(URI url, Times times, String prefix) throws InterruptedException {
        Settings settings = new Settings(url, times, null, id -> id.startsWith(prefix));
        if (Standard.clauses().stream().anyMatch(clause -> clause.id().equals(prefix))) {
            settings = settings.only(prefix::equals);
        }
        return Conformance.run(settings, KEYS::get);
    }
}
