package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.ServerId;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Relays A and B, and servers that come to B to name others that do not exist. */
class NamingFloodTest {

    private static final JsonObject EXTENSIONS = JsonObject.builder().put("v", 1).build();
    private static final int NAMED_BY_EACH = 256;

    private static final List<Server> HOSTILE =
            List.of(
                    C,
                    MALLORY,
                    new Server(
                            new ServerId("0000000e-0000-4000-8000-000000000000"),
                            TestKeys.ALICE,
                            new HostPort("10.0.0.5", 8765)));

    private final SimulatedMesh mesh = new SimulatedMesh(71);

    @Test
    void shouldNotHoldAgainstRelayWhatOthersNameToIt() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.PINNED);
        SimulatedRelay a = relays.getFirst();
        SimulatedRelay b = relays.getLast();
        mesh.run(Duration.ofSeconds(5));
        List<ScriptedEnd> ends = HOSTILE.stream().map(server -> join(b, server)).toList();

        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < ends.size(); i++) {
                name(ends.get(i), HOSTILE.get(i), NAMED_BY_EACH * i);
            }
            mesh.run(Duration.ofSeconds(4));
            for (int i = 0; i < ends.size(); i++) {
                lose(ends.get(i), HOSTILE.get(i), NAMED_BY_EACH * i);
            }
            mesh.run(Duration.ofSeconds(2));
        }

        assertThat(a.engine().far().size()).isPositive();
        assertThat(a.engine().conduct().count(Offence.TOO_MANY_SERVERS)).isZero();
        assertThat(a.engine().conduct().refusals()).isZero();
        assertThat(b.engine().conduct().refusals()).isZero();
        assertThat(a.linksTo(B)).isEqualTo(1);
    }

    private ScriptedEnd join(SimulatedRelay relay, Server server) {
        ScriptedEnd end = mesh.dial(relay);
        end.send(Envelopes.serverHelloJoin(server).with("ext", EXTENSIONS).build());
        mesh.run(Duration.ofSeconds(1));
        return end;
    }

    private static void name(ScriptedEnd end, Server teller, int first) {
        for (int from = first; from < first + NAMED_BY_EACH; from += NAMED_BY_EACH / 2) {
            List<JsonValue> rows =
                    IntStream.range(from, from + NAMED_BY_EACH / 2)
                            .mapToObj(NamingFloodTest::row)
                            .toList();
            send(end, teller, rows, List.of());
        }
    }

    private static void lose(ScriptedEnd end, Server teller, int first) {
        List<ServerId> lost =
                IntStream.range(first, first + NAMED_BY_EACH)
                        .mapToObj(NamingFloodTest::id)
                        .toList();
        send(end, teller, List.of(), lost);
    }

    private static void send(
            ScriptedEnd end, Server teller, List<JsonValue> rows, List<ServerId> lost) {
        var words = new RouteWords(Map.of(), lost, false);
        end.send(
                Envelopes.serverWelcome(teller, B)
                        .without("assigned_id")
                        .with("servers", new JsonArray(rows))
                        .with("ext", words.beside(EXTENSIONS))
                        .build());
    }

    private static JsonValue row(int number) {
        return JsonObject.builder()
                .put("server_id", id(number).value())
                .put("host", "10.1.0.1")
                .put("port", 1 + number)
                .put("pubkey", TestKeys.madeUp(number))
                .build();
    }

    private static ServerId id(int number) {
        return new ServerId("%08x-0000-4000-8000-00000000ffff".formatted(number));
    }
}
