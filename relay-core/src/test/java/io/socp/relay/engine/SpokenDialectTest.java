package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.dialect.PeerDialect.Manner;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Alice on relay A, Carol on C; someone repeats C's signed greeting under another name. The
 * signature covers neither the name nor the addressee, and those tell some dialects.
 */
class SpokenDialectTest {

    private final SimulatedMesh mesh = new SimulatedMesh(67);
    private final SimulatedUser alice = mesh.user(ALICE);
    private SimulatedRelay a;

    @BeforeEach
    void start() {
        a = mesh.relay(A).start(List.of());
        mesh.refuse(C.address());
        alice.connect(a);
    }

    @Test
    void shouldGoOnWritingToServerWhoseGreetingIsRepeatedAsOneThatReadsNothing() {
        ScriptedEnd c = greet(Envelopes.serverHelloJoin(C));
        c.send(now(Envelopes.advertise(C, CAROL)));
        settle();

        ScriptedEnd repeated = greet(Envelopes.serverHelloLink(C));

        assertThat(a.engine().dialects().ofServer(C.id()).manner()).isEqualTo(Manner.STANDARD);
        assertThat(a.engine().peers().linkTo(C.id())).isNotNull();
        repeated.close();
        settle();
        alice.tell(CAROL, "to the only link");
        settle();
        assertThat(c.received("SERVER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldWriteToServerAsItsOwnLinkTellsOnceTheRepeatedOneIsGone() {
        ScriptedEnd repeated = greet(Envelopes.serverHelloLink(C));
        ScriptedEnd c = greet(Envelopes.serverHelloJoin(C));
        c.send(now(Envelopes.advertise(C, CAROL)));
        settle();

        repeated.close();
        settle();
        alice.tell(CAROL, "to the only link");
        settle();

        assertThat(a.engine().dialects().ofServer(C.id()).manner()).isEqualTo(Manner.STANDARD);
        assertThat(c.received("SERVER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldBelieveWhatIsSignedRatherThanTheNameOfGreeting() {
        greet(Envelopes.serverHelloLink(C));

        greet(Envelopes.serverHelloJoin(C).with("ws_uri", "ws://10.0.0.3:8765"));

        assertThat(a.engine().dialects().ofServer(C.id()).manner()).isEqualTo(Manner.LINK_SIGNED);
        assertThat(a.engine().peers().linkTo(C.id())).isNotNull();
    }

    private ScriptedEnd greet(EnvelopeBuilder greeting) {
        ScriptedEnd end = mesh.dial(a).send(now(greeting));
        settle();
        return end;
    }

    private Envelope now(EnvelopeBuilder builder) {
        return builder.ts(mesh.now().epochMs()).build();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(600));
    }
}
