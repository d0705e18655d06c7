package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.Actors.MALLORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.engine.RelayEngine.Introducer;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.presence.UserLocation;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Relay A and a peer of it, Mallory, who lies about C. A reaches C through B, if at all. */
class FarServerAttackTest {

    private static final Server FALSE_C = new Server(C.id(), MALLORY.keys(), C.address());
    private static final ServerId SECOND_ID = new ServerId("0000000f-0000-4000-8000-000000000000");

    private static final JsonObject EXTENSIONS = JsonObject.builder().put("v", 1).build();

    private final SimulatedMesh mesh = new SimulatedMesh(302);
    private SimulatedRelay a;
    private ScriptedEnd mallory;

    @Test
    void shouldDropWhatWasLearnedUnderFalseKeyWhenTheServerComes() {
        a = mesh.relay(A).start(List.of());
        join(MALLORY.id());
        mallory.send(naming(FALSE_C));
        mesh.run(Duration.ofSeconds(1));
        mallory.send(now(Envelopes.advertise(C, CAROL).signedBy(TestKeys.MALLORY)));
        mesh.run(Duration.ofSeconds(1));
        boolean wasBelieved = isCarolAtC();

        mesh.relay(C).start(List.of(SimulatedMesh.introducer(A, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(5));

        assertThat(wasBelieved).isTrue();
        assertThat(a.engine().peers().keyOf(C.id())).isEqualTo(C.key());
        assertThat(a.linksTo(C)).isEqualTo(1);
        assertThat(a.engine().users().find(CAROL.id())).isNull();
        assertThat(a.engine().far().provenFalse()).isEqualTo(1);
        assertThat(a.notices())
                .filteredOn(notice -> notice.contains("another key than others said"))
                .hasSize(1);
    }

    @Test
    void shouldKeepTheKeyThatWasSaidFirst() {
        line();

        mallory.send(naming(FALSE_C));
        mallory.send(now(Envelopes.remove(C, CAROL).signedBy(TestKeys.MALLORY)));
        mesh.run(Duration.ofSeconds(1));

        assertThat(a.engine().far().keyOf(C.id())).isEqualTo(C.key());
        assertThat(isCarolAtC()).isTrue();
    }

    @Test
    void shouldNotHearOfFarServerFromAnyoneButThePeerThatLeadsThere() {
        line();

        // Signed by C: as if kept from another day.
        mallory.send(now(Envelopes.remove(C, CAROL)));
        mallory.send(naming(C));
        mallory.send(now(Envelopes.remove(C, CAROL)));
        mesh.run(Duration.ofSeconds(5));

        assertThat(isCarolAtC()).isTrue();
    }

    @Test
    void shouldNotTakeUserOfFarServerAway() {
        line();

        mallory.send(now(Envelopes.advertise(MALLORY, CAROL)));
        mallory.send(now(Envelopes.presenceBatch(MALLORY, List.of(), List.of(CAROL))));
        mallory.send(
                now(
                        Envelopes.presenceBatch(MALLORY, List.of(), List.of(CAROL))
                                .with("server_id", C.id().value())));
        mesh.run(Duration.ofSeconds(1));

        assertThat(isCarolAtC()).isTrue();
    }

    @Test
    void shouldRefuseUnsignedGreetingWithAnotherKeyThanWasSaid() {
        line();

        ScriptedEnd claim = mesh.dial(a);
        var falseC = new Server(C.id(), TestKeys.ALICE, C.address());
        claim.send(Envelopes.serverAnnounce(falseC).unsigned().build());
        mesh.run(Duration.ofSeconds(1));

        assertThat(claim.errors()).containsExactly("INVALID_SIG");
        assertThat(claim.isClosed()).isTrue();
        assertThat(a.engine().far().nextHop(C.id(), null)).isEqualTo(B.id());
        assertThat(isCarolAtC()).isTrue();
    }

    @Test
    void shouldBelieveTrustedPeerRatherThanWhoeverDials() {
        lineTrusting();
        var falseC = new Server(C.id(), TestKeys.ALICE, C.address());

        ScriptedEnd announcing = mesh.dial(a);
        announcing.send(Envelopes.serverAnnounce(falseC).build());
        ScriptedEnd joining = mesh.dial(a);
        joining.send(Envelopes.serverHelloJoin(falseC).build());
        mesh.run(Duration.ofSeconds(1));

        assertThat(announcing.errors()).containsExactly("BAD_KEY");
        assertThat(announcing.isClosed()).isTrue();
        assertThat(ScriptedEnd.text(joining.received("SERVER_WELCOME").getFirst(), "assigned_id"))
                .isNotEqualTo(C.id().value());
        assertThat(a.engine().peers().linkTo(C.id())).isNull();
        assertThat(isCarolAtC()).isTrue();
    }

    @Test
    void shouldLetServerInWhoseKeyAnUnprovenLinkNamesUnderAnotherId() {
        a = mesh.relay(A).start(List.of());
        ScriptedEnd claim = mesh.dial(a);
        claim.send(Envelopes.serverHelloJoin(C).from(SECOND_ID).unsigned().build());
        mesh.run(Duration.ofSeconds(1));

        mesh.relay(C).start(List.of(SimulatedMesh.introducer(A, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(5));

        assertThat(claim.errors()).isEmpty();
        assertThat(a.linksTo(C)).isEqualTo(1);
    }

    @Test
    void shouldNotBeLedRoundInCircles() {
        line();

        // Says that it reaches through A whom A reaches through others, and all the others too.
        mallory.send(naming(C, new RouteWords.Distance(2, A.id())));
        mallory.send(naming(B, new RouteWords.Distance(2, A.id())));
        mallory.send(now(Envelopes.serverDeliver(MALLORY, CAROL, ALICE)));
        mesh.run(Duration.ofSeconds(1));

        assertThat(a.engine().far().nextHop(C.id(), null)).isEqualTo(B.id());
        assertThat(a.engine().far().nextHop(C.id(), B.id())).isNull();
        assertThat(mallory.received("SERVER_DELIVER")).isEmpty();
    }

    @Test
    void shouldTakeOneKeyForOneServer() {
        a = mesh.relay(A).start(List.of());
        join(MALLORY.id());

        ScriptedEnd second = mesh.dial(a);
        second.send(greeting(SECOND_ID));
        mesh.run(Duration.ofSeconds(1));

        assertThat(second.errors()).containsExactly("NAME_IN_USE");
        assertThat(a.engine().peers().linked()).hasSize(1);
    }

    @Test
    void shouldCountTheOffencesOfOneKeyTogether() {
        a = mesh.relay(A).start(List.of());
        join(MALLORY.id());
        forge(MALLORY.id());
        assertThat(a.engine().conduct().refusals()).isZero();
        mallory.close();
        mesh.run(Duration.ofSeconds(1));

        join(SECOND_ID);
        forge(SECOND_ID);

        assertThat(a.engine().conduct().refusals()).isEqualTo(1);
        assertThat(mallory.isClosed()).isTrue();
        join(MALLORY.id());
        assertThat(mallory.errors()).containsExactly("NAME_IN_USE");
    }

    /** Two thirds of what is tolerated. */
    private void forge(ServerId id) {
        Envelope forged = Envelopes.heartbeat(MALLORY).from(id).signedBy(TestKeys.ALICE).build();
        int times = 2 * Conduct.PATIENCE / Offence.WRONG_SIGNATURE.weight() / 3;
        for (int i = 0; i < times; i++) {
            mallory.send(forged);
        }
        mesh.run(Duration.ofSeconds(2));
    }

    /** A - B - C, with Carol at C, and Mallory linked with A. */
    private void line() {
        line(List.of());
    }

    /** The same, with B in A's bootstrap file. */
    private void lineTrusting() {
        line(List.of(SimulatedMesh.introducer(B, Pinning.PINNED)));
    }

    private void line(List<Introducer> ofA) {
        mesh.separate(A, C);
        a = mesh.relay(A).start(ofA);
        SimulatedRelay c = mesh.relay(C).start(List.of());
        mesh.relay(B)
                .start(
                        List.of(
                                SimulatedMesh.introducer(A, Pinning.PINNED),
                                SimulatedMesh.introducer(C, Pinning.PINNED)));
        mesh.run(Duration.ofSeconds(10));
        mesh.user(CAROL).connect(c);
        join(MALLORY.id());
        assertThat(isCarolAtC()).isTrue();
    }

    private void join(ServerId id) {
        mallory = mesh.dial(a);
        mallory.send(greeting(id));
        mesh.run(Duration.ofSeconds(1));
    }

    private static Envelope greeting(ServerId id) {
        return Envelopes.serverHelloJoin(MALLORY).from(id).with("ext", EXTENSIONS).build();
    }

    private boolean isCarolAtC() {
        return a.engine().users().locate(CAROL.id()).equals(new UserLocation.Remote(C.id()));
    }

    private Envelope now(EnvelopeBuilder frame) {
        return frame.ts(mesh.now().epochMs()).build();
    }

    private static Envelope naming(Server server) {
        return named(server).build();
    }

    private static Envelope naming(Server server, RouteWords.Distance distance) {
        var words = new RouteWords(Map.of(server.id(), distance), List.of(), false);
        return named(server).with("ext", words.beside(EXTENSIONS)).build();
    }

    private static EnvelopeBuilder named(Server server) {
        return Envelopes.serverWelcome(MALLORY, A)
                .without("assigned_id")
                .with("servers", new JsonArray(List.of(Envelopes.knownServer(server))));
    }
}
