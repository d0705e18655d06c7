package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcquaintancesTest {

    private static final JsonObject OURS = JsonObject.builder().put("v", 1).build();

    private final SimulatedMesh mesh = new SimulatedMesh(81);

    /** Each names the next only, so that most of them have to be made known by others. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldFormFullMeshWhateverTheOrder(long seed) {
        var ring = new SimulatedMesh(seed);
        List<Server> servers = new ArrayList<>(List.of(A, B, C, MALLORY));
        Collections.shuffle(servers, new Random(seed));
        List<SimulatedRelay> relays = new ArrayList<>();
        for (Server server : servers) {
            relays.add(ring.relay(server));
        }

        for (int i = 0; i < relays.size(); i++) {
            Server next = servers.get((i + 1) % servers.size());
            relays.get(i).start(List.of(SimulatedMesh.introducer(next, Pinning.PINNED)));
        }
        ring.run(Duration.ofSeconds(5));

        assertThat(relays).allMatch(relay -> relay.engine().peers().activeLinks().size() == 3);
    }

    @Test
    void shouldNameNewcomerToOthersAndOthersToNewcomerOnce() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd b = join(a, Envelopes.serverHelloJoin(B).with("ext", OURS));

        ScriptedEnd c = join(a, Envelopes.serverHelloJoin(C).with("ext", OURS));
        mesh.run(Duration.ofSeconds(20));

        // The first of each is the answer to the JOIN; the next, all that A reaches.
        assertThat(b.received("SERVER_WELCOME")).hasSize(3);
        assertThat(serversIn(b.received("SERVER_WELCOME").getLast()))
                .containsExactly(C.id().value());
        assertThat(c.received("SERVER_WELCOME")).hasSize(2);
        assertThat(serversIn(c.received("SERVER_WELCOME").getLast()))
                .containsExactlyInAnyOrder(B.id().value(), C.id().value());
    }

    /** It may have lost its link unnoticed, and rely on what was said on it. */
    @Test
    void shouldTellPeerThatDialsAgainThatThereIsNobodyElseAnyMore() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        join(a, Envelopes.serverHelloJoin(B).with("ext", OURS));
        ScriptedEnd c = join(a, Envelopes.serverHelloJoin(C).with("ext", OURS));
        c.close();
        mesh.run(Duration.ofMinutes(2));

        EnvelopeBuilder greeting = Envelopes.serverHelloJoin(B).with("ext", OURS);
        ScriptedEnd again = join(a, greeting.ts(mesh.now().epochMs()));

        Envelope last = again.received("SERVER_WELCOME").getLast();
        var ext = (JsonObject) last.payload().members().get("ext");
        assertThat(RouteWords.in(ext).isAll()).isTrue();
        assertThat(serversIn(last)).containsExactly(B.id().value());
    }

    @Test
    void shouldSendForeignServerNothingItDidNotAskFor() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        ScriptedEnd foreign = join(a, Envelopes.serverHelloJoin(B));

        ScriptedEnd c = join(a, Envelopes.serverHelloJoin(C).with("ext", OURS));

        assertThat(foreign.received("SERVER_WELCOME")).hasSize(1);
        assertThat(serversIn(c.received("SERVER_WELCOME").getLast())).contains(B.id().value());
    }

    @Test
    void shouldDialWhomOwnRelayNames() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        SimulatedRelay c = mesh.relay(C).start(List.of());
        ScriptedEnd b = join(a, Envelopes.serverHelloJoin(B).with("ext", OURS));

        b.send(naming(C).build());
        mesh.run(Duration.ofSeconds(5));

        assertThat(a.linksTo(C)).isEqualTo(1);
        assertThat(c.linksTo(A)).isEqualTo(1);
    }

    @Test
    void shouldRecogniseOwnRelayByLateWelcome() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        mesh.relay(C).start(List.of());
        ScriptedEnd b = join(a, Envelopes.serverAnnounce(B));

        b.send(naming(C).with("ext", OURS).build());
        mesh.run(Duration.ofSeconds(5));

        assertThat(a.linksTo(C)).isEqualTo(1);
        assertThat(b.received("SERVER_WELCOME")).isNotEmpty();
    }

    @Test
    void shouldDialNobodyNamedInAnothersName() {
        SimulatedRelay a = mesh.relay(A).start(List.of());
        mesh.relay(C).start(List.of());
        ScriptedEnd own = join(a, Envelopes.serverHelloJoin(MALLORY).with("ext", OURS));

        own.send(naming(C).build());
        own.send(naming(C).from(MALLORY.id()).build());
        mesh.run(Duration.ofSeconds(5));

        assertThat(a.linksTo(C)).isZero();
    }

    private ScriptedEnd join(SimulatedRelay relay, EnvelopeBuilder greeting) {
        ScriptedEnd end = mesh.dial(relay).send(greeting.build());
        mesh.run(Duration.ofSeconds(2));
        return end;
    }

    /** By relay B. */
    private static EnvelopeBuilder naming(Server server) {
        return Envelopes.serverWelcome(B, A)
                .without("assigned_id")
                .with("servers", new JsonArray(List.of(Envelopes.knownServer(server))));
    }

    private static List<String> serversIn(Envelope welcome) {
        var rows = (JsonArray) welcome.payload().members().get("servers");
        return rows.elements().stream()
                .map(row -> ScriptedEnd.text((JsonObject) row, "server_id"))
                .toList();
    }
}
