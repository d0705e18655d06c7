package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A foreign server's message for a user of another: Carol's, on C, for Bob, by way of A. */
class ForwardedDeliveryTest {

    private final SimulatedMesh mesh = new SimulatedMesh(91);
    private SimulatedRelay a;
    private ScriptedEnd carols;

    @BeforeEach
    void start() {
        a = mesh.relay(A).start(List.of());
        mesh.refuse(C.address());
        mesh.refuse(MALLORY.address());
        carols = join(Envelopes.serverHelloJoin(C));
        host(carols, C, CAROL);
    }

    @Test
    void shouldGoUnchangedToServerThatKeepsToTheStandard() {
        ScriptedEnd bobs = join(Envelopes.serverHelloJoin(MALLORY));
        host(bobs, MALLORY, BOB);
        Envelope sent = now(Envelopes.serverDeliver(C, CAROL, BOB));

        carols.send(sent);
        settle();

        assertThat(bobs.received("SERVER_DELIVER")).containsExactly(sent);
    }

    @Test
    void shouldGoInOurNameToServerThatBelievesItsLinkAlone() {
        ScriptedEnd bobs = join(linkSigned());
        host(bobs, MALLORY, BOB);

        carols.send(now(Envelopes.serverDeliver(C, CAROL, BOB)));
        settle();

        assertThat(bobs.received("SERVER_DELIVER"))
                .extracting(Envelope::from)
                .containsExactly(A.id().value());
    }

    @Test
    void shouldGoInTheStandardsFormWhereTheAuthorsTimeCameElsewhere() {
        ScriptedEnd bobs = join(Envelopes.serverHelloJoin(MALLORY));
        host(bobs, MALLORY, BOB);
        long written = mesh.now().epochMs() - 1_000;

        carols.send(
                now(
                        Envelopes.serverDeliver(C, CAROL, BOB)
                                .with("orig_ts", written)
                                .signedBy(C.keys())));
        settle();

        Envelope came = bobs.received("SERVER_DELIVER").getLast();
        assertThat(came.ts()).isEqualTo(written);
        assertThat(came.from()).isEqualTo(A.id().value());
        assertThat(text(came, "sender")).isEqualTo(CAROL.id().value());
    }

    private static EnvelopeBuilder linkSigned() {
        return Envelopes.serverHelloJoin(MALLORY).with("ws_uri", "ws://10.0.0.4:8765");
    }

    private ScriptedEnd join(EnvelopeBuilder greeting) {
        ScriptedEnd end = mesh.dial(a).send(now(greeting));
        settle();
        return end;
    }

    private void host(ScriptedEnd end, Server server, Person user) {
        end.send(now(Envelopes.advertise(server, user)));
        settle();
    }

    private Envelope now(EnvelopeBuilder builder) {
        return builder.ts(mesh.now().epochMs()).build();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(600));
    }
}
