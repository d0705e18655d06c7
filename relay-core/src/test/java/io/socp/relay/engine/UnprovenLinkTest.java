package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Alice on relay A; Carol on C, which signs no greeting; and someone who says that it is C. */
class UnprovenLinkTest {

    private final SimulatedMesh mesh = new SimulatedMesh(47);
    private final SimulatedUser alice = mesh.user(ALICE);
    private SimulatedRelay a;
    private ScriptedEnd c;

    @BeforeEach
    void linkServerThatSignsNoGreeting() {
        a = mesh.relay(A).start(List.of());
        mesh.refuse(C.address());
        alice.connect(a);
        c = mesh.dial(a);
        c.send(Envelopes.serverHelloJoin(C).unsigned().build());
        c.send(now(Envelopes.advertise(C, CAROL)));
        settle();
    }

    @Test
    void shouldTakeUsersOfServerOnceItHasSignedSomething() {
        assertThat(alice.tell(CAROL, "hello")).isNotNull();
        settle();

        assertThat(c.received("SERVER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldKeepUsersFramesFromOneWhoOnlyClaimsToBeTheLostServer() {
        c.close();
        settle();
        ScriptedEnd impostor = claim();

        alice.tell(CAROL, "for Carol alone");
        alice.tellAll("for servers that have shown who they are");
        settle();

        assertThat(impostor.received()).extracting(Envelope::from).containsOnly(A.id().value());
        assertThat(impostor.received("SERVER_DELIVER")).isEmpty();
        assertThat(impostor.received("MSG_PUBLIC_CHANNEL")).isEmpty();
    }

    @Test
    void shouldBringUsersFramesToTheServerWhenItIsBack() {
        c.close();
        settle();
        ScriptedEnd impostor = claim();
        alice.tell(CAROL, "for Carol alone");
        settle();

        ScriptedEnd back = claim();
        back.send(now(Envelopes.heartbeat(C)));
        settle();

        assertThat(back.received("SERVER_DELIVER")).hasSize(1);
        assertThat(impostor.received("SERVER_DELIVER")).isEmpty();
    }

    @Test
    void shouldNotPreferTheClaimToTheLivingServer() {
        ScriptedEnd impostor = claim();

        alice.tell(CAROL, "hello");
        settle();

        assertThat(impostor.received("SERVER_DELIVER")).isEmpty();
        assertThat(c.received("SERVER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldTellAuthorNothingOfHisMessageOverClaim() {
        c.close();
        settle();
        ScriptedEnd impostor =
                mesh.dial(a)
                        .send(
                                Envelopes.serverHelloJoin(C)
                                        .with("ext", Envelopes.knownServer(C))
                                        .unsigned()
                                        .build());
        settle();

        a.engine()
                .controlPlane()
                .onEvent(
                        new RelayEvent.Undelivered(new Complaint(CAROL.id(), ALICE.id())),
                        mesh.now(),
                        effect -> assertThat(effect).isNull());

        assertThat(impostor.errors()).isEmpty();
    }

    private ScriptedEnd claim() {
        ScriptedEnd end = mesh.dial(a).send(now(Envelopes.serverHelloJoin(C).unsigned()));
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
