package io.socp.relay.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Crowd;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Five relays that start at once, each knowing two others, and a crowd that storms in. */
class MeshStormTest {

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    private static final Server FIFTH =
            new Server(
                    new ServerId("0000000e-0000-4000-8000-000000000000"),
                    TestKeys.CAROL,
                    new HostPort("10.0.0.5", 8765));
    private static final List<Server> SERVERS =
            List.of(Actors.A, Actors.B, Actors.C, Actors.MALLORY, FIFTH);
    private static final int USERS_EACH = 40;

    /** For a machine that has much else to do; the test takes a few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final JsonObject ASKS = JsonObject.builder().put("presence", "ask").build();

    private final List<SocketUser> users = Collections.synchronizedList(new ArrayList<>());
    private final List<TestRelay> relays = Collections.synchronizedList(new ArrayList<>());

    @TempDir private Path dir;

    @AfterEach
    void stop() {
        users.forEach(SocketUser::close);
        relays.forEach(TestRelay::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldFormFullMeshWithEqualTablesWhenAllStartAtOnce(long seed) {
        startAtOnce(new Random(seed));
        awaitEverywhere("socp_peers", SERVERS.size() - 1);
        List<Person> crowd = Crowd.of(USERS_EACH * SERVERS.size());

        List<SocketUser> askers = new ArrayList<>();
        for (int i = 0; i < crowd.size(); i++) {
            SocketUser user = SocketUser.connect(relays.get(i % SERVERS.size()).port());
            users.add(user);
            user.send(Envelopes.userHello(crowd.get(i)).with("ext", ASKS));
            if (i < SERVERS.size()) {
                askers.add(user);
            }
        }
        awaitEverywhere("socp_users", crowd.size());

        Set<String> first = list(askers.getFirst(), crowd.getFirst());
        assertThat(first).hasSize(crowd.size());
        for (int i = 1; i < askers.size(); i++) {
            assertThat(list(askers.get(i), crowd.get(i))).isEqualTo(first);
        }
    }

    private void startAtOnce(Random random) {
        List<Integer> ports =
                IntStream.range(0, SERVERS.size()).mapToObj(_ -> TestRelay.freePort()).toList();
        List<TestRelay.Setup> setups = new ArrayList<>();
        for (int i = 0; i < SERVERS.size(); i++) {
            int next = (i + 1) % SERVERS.size();
            int another = (i + 2 + random.nextInt(SERVERS.size() - 2)) % SERVERS.size();
            setups.add(
                    TestRelay.of(SERVERS.get(i))
                            .withPort(ports.get(i))
                            .withIntroducers(
                                    TestRelay.introducer(ports.get(next), SERVERS.get(next)),
                                    TestRelay.introducer(
                                            ports.get(another), SERVERS.get(another))));
        }
        Collections.shuffle(setups, random);
        relays.addAll(setups.parallelStream().map(setup -> setup.start(dir)).toList());
    }

    private void awaitEverywhere(String metric, int value) {
        for (TestRelay relay : relays) {
            await(metric)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> relay.scrape().value(metric) == value);
        }
    }

    /** Each user with his server, as this asker's relay lists them. */
    private static Set<String> list(SocketUser asker, Person person) {
        asker.send(Envelopes.listRequest(person));
        Envelope answer = asker.await("LIST_RESPONSE");
        return ((JsonArray) answer.payload().members().get("users"))
                .elements().stream().map(JsonValue::toString).collect(Collectors.toSet());
    }
}
