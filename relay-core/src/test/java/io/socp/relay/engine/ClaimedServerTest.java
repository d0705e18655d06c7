package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.HostPort;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alice on relay A, Carol on C; someone says that it is C, under C's key, and shows nothing. */
class ClaimedServerTest {

    private static final JsonObject EXTENSIONS = JsonObject.builder().put("v", 1).build();

    private static final Server FALSE_C =
            new Server(C.id(), TestKeys.MALLORY, new HostPort("192.0.2.66", 8765));

    private final SimulatedMesh mesh = new SimulatedMesh(61);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser carol = mesh.user(CAROL);
    private SimulatedRelay a;

    @Test
    void shouldKeepFarServerAsItIsWhileItIsClaimedAndAfterwards() {
        line();

        ScriptedEnd claim = claim();
        mesh.run(Duration.ofSeconds(15));
        boolean isStillThere = isCarolAtC();
        alice.tell(CAROL, "while it is up");
        claim.close();
        mesh.run(Duration.ofMillis(500));
        alice.tell(CAROL, "just after");
        mesh.run(Duration.ofSeconds(1));

        assertThat(isStillThere).isTrue();
        assertThat(carol.received("USER_DELIVER")).hasSize(2);
        mesh.run(Duration.ofSeconds(60));
        assertThat(isCarolAtC()).isTrue();
        assertThat(alice.link().errors()).isEmpty();
    }

    @Test
    void shouldKeepFarServerAsItIsWhenClaimMisbehaves() {
        line();

        ScriptedEnd claim = claim();
        Envelope forged = now(Envelopes.heartbeat(C).signedBy(TestKeys.ALICE));
        int times = Conduct.PATIENCE / Offence.WRONG_SIGNATURE.weight() + 1;
        for (int i = 0; i < times; i++) {
            claim.send(forged);
        }
        mesh.run(Duration.ofSeconds(1));

        assertThat(claim.isClosed()).isTrue();
        assertThat(isCarolAtC()).isTrue();
        assertThat(a.engine().far().nextHop(C.id(), null)).isEqualTo(B.id());
    }

    @Test
    void shouldKeepUsersOfLivingServerThatSignsNoGreetings() {
        ScriptedEnd c = unsignedServer();

        ScriptedEnd claim = claim();
        for (int i = 0; i < 4; i++) {
            mesh.run(Duration.ofSeconds(5));
            c.send(now(Envelopes.heartbeat(C)));
        }
        claim.close();
        mesh.run(Duration.ofSeconds(35));

        assertThat(isCarolAtC()).isTrue();
    }

    @Test
    void shouldDropUsersOfLostServerInTimeWhoeverClaimsToBeIt() {
        ScriptedEnd c = unsignedServer();

        c.close();
        mesh.run(Duration.ofSeconds(20));
        ScriptedEnd claim = claim();
        mesh.run(Duration.ofSeconds(5));
        claim.close();
        mesh.run(Duration.ofSeconds(3));
        boolean isAwaited = isCarolAtC();
        mesh.run(Duration.ofSeconds(3));

        assertThat(isAwaited).isTrue();
        assertThat(isCarolAtC()).isFalse();
    }

    @Test
    void shouldDropUsersThatServerDoesNotNameOnceItHasShownItself() {
        ScriptedEnd c = unsignedServer();
        c.close();
        mesh.run(Duration.ofSeconds(2));

        ScriptedEnd back = claim();
        mesh.run(Duration.ofSeconds(2));
        back.send(now(Envelopes.heartbeat(C)));
        mesh.run(Duration.ofSeconds(11));

        assertThat(isCarolAtC()).isFalse();
    }

    @Test
    void shouldHoldServerOfBootstrapFileToNoKeyThatWasOnlyClaimed() {
        mesh.refuse(C.address());
        a = mesh.relay(A).start(List.of(SimulatedMesh.introducer(C, Pinning.PINNED)));
        claim(FALSE_C).close();
        mesh.run(Duration.ofSeconds(1));

        mesh.relay(C).start(List.of());
        mesh.accept(C.address());
        mesh.run(Duration.ofSeconds(30));

        assertThat(a.engine().peers().keyOf(C.id())).isEqualTo(C.key());
        assertThat(a.linksTo(C)).isEqualTo(1);
    }

    @Test
    void shouldLetServerInThatSignsWhileAnotherKeyIsClaimedForIt() {
        a = mesh.relay(A).start(List.of());
        ScriptedEnd claim = claim(FALSE_C);

        mesh.relay(C).start(List.of(SimulatedMesh.introducer(A, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(5));

        assertThat(claim.isClosed()).isTrue();
        assertThat(a.engine().peers().keyOf(C.id())).isEqualTo(C.key());
        assertThat(a.linksTo(C)).isEqualTo(1);
    }

    @Test
    void shouldLetServerOfBootstrapFileInWhileAnotherKeyIsClaimedForIt() {
        mesh.refuse(C.address());
        a = mesh.relay(A).start(List.of(SimulatedMesh.introducer(C, Pinning.PINNED)));
        ScriptedEnd claim = claim(FALSE_C);

        ScriptedEnd c = mesh.dial(a).send(now(Envelopes.serverHelloJoin(C).unsigned()));
        mesh.run(Duration.ofSeconds(1));

        assertThat(claim.isClosed()).isTrue();
        assertThat(c.errors()).isEmpty();
        assertThat(c.received("SERVER_WELCOME")).hasSize(1);
    }

    @Test
    void shouldNotLetOneClaimReplaceAnother() {
        a = mesh.relay(A).start(List.of());
        ScriptedEnd first = claim();

        ScriptedEnd second = claim(FALSE_C);

        assertThat(second.errors()).containsExactly("BAD_KEY");
        assertThat(second.isClosed()).isTrue();
        assertThat(first.isClosed()).isFalse();
    }

    /** A - B - C, all of them relays; A and C never link. */
    private void line() {
        mesh.separate(A, C);
        a = mesh.relay(A).start(List.of());
        SimulatedRelay c = mesh.relay(C).start(List.of());
        mesh.relay(B)
                .start(
                        List.of(
                                SimulatedMesh.introducer(A, Pinning.PINNED),
                                SimulatedMesh.introducer(C, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(10));
        alice.connect(a);
        carol.connect(c);
        mesh.run(Duration.ofSeconds(2));
        assertThat(isCarolAtC()).isTrue();
    }

    /** C is linked with A, and proven by what came after its greeting. */
    private ScriptedEnd unsignedServer() {
        a = mesh.relay(A).start(List.of());
        mesh.refuse(C.address());
        ScriptedEnd c = mesh.dial(a);
        c.send(now(Envelopes.serverHelloJoin(C).unsigned()));
        c.send(now(Envelopes.advertise(C, CAROL)));
        mesh.run(Duration.ofSeconds(11));
        assertThat(isCarolAtC()).isTrue();
        return c;
    }

    private ScriptedEnd claim() {
        return claim(C);
    }

    private ScriptedEnd claim(Server server) {
        ScriptedEnd end = mesh.dial(a, "192.0.2.66");
        end.send(now(Envelopes.serverHelloJoin(server).with("ext", EXTENSIONS).unsigned()));
        mesh.run(Duration.ofMillis(500));
        return end;
    }

    private boolean isCarolAtC() {
        return a.engine().users().locate(CAROL.id()).equals(new UserLocation.Remote(C.id()));
    }

    private Envelope now(EnvelopeBuilder frame) {
        return frame.ts(mesh.now().epochMs()).build();
    }
}
