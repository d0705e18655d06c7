package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.C;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.verify.TlsPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relays A and B speak TLS; Alice is on A and Bob on B, plainly. The test plays server C. */
class ProvenPeerLinkTest {

    private static final Server A = overTls(Actors.A);
    private static final Server B = overTls(Actors.B);

    private static final JsonObject WITH_LINK_AUTH =
            JsonObject.builder().put("v", 1).put("link_auth", true).build();

    private final SimulatedMesh mesh = new SimulatedMesh(92);
    private final SimulatedUser alice = mesh.user(ALICE);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;
    private SimulatedRelay b;

    @BeforeEach
    void link() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.PINNED);
        a = relays.get(0);
        b = relays.get(1);
        mesh.refuse(C.address());
        mesh.run(Duration.ofSeconds(20));
        alice.connect(a);
        bob.connect(b);
        mesh.run(Duration.ofSeconds(5));
    }

    @Test
    void shouldAgreeThatTheLinkProvesItsFrames() {
        assertThat(a.engine().peers().framesOf(B.id())).isEqualTo(FrameProof.LINK);
        assertThat(b.engine().peers().framesOf(A.id())).isEqualTo(FrameProof.LINK);
        assertThat(a.linksTo(B)).isEqualTo(1);
    }

    @Test
    void shouldBringMessageToTheOtherRelayWithoutAnySignature() {
        int before = a.signatures();

        Envelope sent = alice.tell(BOB, "over there");
        settle();

        assertThat(text(bob.last("USER_DELIVER"), "ciphertext"))
                .isEqualTo(text(sent, "ciphertext"));
        assertThat(a.signatures()).isEqualTo(before);
    }

    @Test
    void shouldBringUnsignedFileAndPublicTextWithoutAnySignature() {
        int before = a.signatures();

        alice.send(Envelopes.fileStart(ALICE, BOB.id()).unsigned());
        alice.send(Envelopes.msgPublic(ALICE).unsigned());
        settle();

        assertThat(bob.received("FILE_START")).hasSize(1);
        assertThat(bob.received("MSG_PUBLIC_CHANNEL")).hasSize(1);
        assertThat(a.signatures()).isEqualTo(before);
    }

    @Test
    void shouldReportWhatReachesNobody() {
        bob.disconnect();
        alice.tell(BOB, "gone");
        settle();

        assertThat(alice.link().errors()).containsExactly("USER_NOT_FOUND");
    }

    @Test
    void shouldStayLinkedOnHeartbeatsAloneAndKnowEachOthersUsers() {
        mesh.run(Duration.ofMinutes(5));
        alice.askList();
        settle();

        assertThat(alice.listed()).contains(ALICE.id().value(), BOB.id().value());
        assertThat(a.notices()).noneMatch(n -> n.contains("lost"));
        assertThat(a.count(Outcome.Verdict.UNVERIFIED)).isZero();
        assertThat(a.count(Outcome.Verdict.REFUSED)).isZero();
    }

    @Test
    void shouldSignAgainWhatGoesBehindTheHop() {
        ScriptedEnd c = dialAsC(WITH_LINK_AUTH);
        c.send(at(Envelopes.advertise(C, CAROL)));
        settle();

        // C takes Bob for a user of A's: he has moved.
        c.send(
                at(
                        Envelopes.serverDeliver(C, CAROL, BOB)
                                .with("content_sig", contentSig(CAROL, BOB))
                                .unsigned()));
        settle();

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
        assertThat(text(bob.last("USER_DELIVER"), "sender")).isEqualTo(CAROL.id().value());
        assertThat(b.count(Outcome.Verdict.UNVERIFIED)).isZero();
    }

    @Test
    void shouldTakeUnsignedFramesOfTheHopItselfAndAnswerWithout() {
        ScriptedEnd c = dialAsC(WITH_LINK_AUTH);
        c.send(at(Envelopes.advertise(C, CAROL)));
        settle();

        c.send(at(Envelopes.heartbeat(C).unsigned()));
        c.send(at(Envelopes.serverDeliver(C, CAROL, ALICE).unsigned()));
        alice.tell(CAROL, "to you");
        settle();

        var ext =
                (JsonObject) c.received("SERVER_WELCOME").getFirst().payload().members().get("ext");
        assertThat(ext.get("link_auth")).isEqualTo(JsonLiteral.TRUE);
        assertThat(c.received("SERVER_WELCOME").getFirst().sig()).isNotEmpty();
        assertThat(alice.received("USER_DELIVER")).hasSize(1);
        assertThat(c.received("SERVER_DELIVER")).hasSize(1).allMatch(e -> e.sig().isEmpty());
        assertThat(c.received("USER_ADVERTISE")).allMatch(e -> !e.sig().isEmpty());
        assertThat(c.received("PRESENCE_BATCH")).allMatch(e -> !e.sig().isEmpty());
        assertThat(c.errors()).isEmpty();
    }

    @Test
    void attackShouldFailWhenLinkSpeaksUnsignedForWhoIsBehindIt() {
        ScriptedEnd c = dialAsC(WITH_LINK_AUTH);

        c.send(at(Envelopes.serverDeliver(Actors.B, BOB, ALICE).unsigned()));
        c.send(at(Envelopes.remove(Actors.B, BOB).unsigned()));
        c.send(at(Envelopes.advertise(C, CAROL).unsigned()));
        c.send(at(Envelopes.presenceBatch(C, List.of(CAROL), List.of()).unsigned()));
        c.send(at(Envelopes.fileStart(BOB, ALICE.id()).unsigned()));
        settle();

        assertThat(alice.received("USER_DELIVER")).isEmpty();
        assertThat(alice.received("FILE_START")).isEmpty();
        alice.askList();
        settle();
        assertThat(alice.listed()).containsExactly(ALICE.id().value(), BOB.id().value());
    }

    @Test
    void attackShouldFailWhenLinkAuthIsSaidWithoutTls() {
        ScriptedEnd c = mesh.dial(a).send(join(WITH_LINK_AUTH));
        settle();
        c.send(at(Envelopes.advertise(C, CAROL)));
        settle();

        c.send(at(Envelopes.serverDeliver(C, CAROL, ALICE).unsigned()));
        alice.tell(CAROL, "signed");
        settle();

        assertThat(extensionsSaid(c).get("link_auth")).isNull();
        assertThat(alice.received("USER_DELIVER")).isEmpty();
        assertThat(c.received("SERVER_DELIVER")).hasSize(1).noneMatch(e -> e.sig().isEmpty());
    }

    @Test
    void attackShouldFailWhenGreetingIsNotUnderTheKeyThatTlsHasProven() {
        ScriptedEnd mallory =
                mesh.dialOverTls(a, new TlsPeer.Proven(Actors.MALLORY.key()))
                        .send(join(WITH_LINK_AUTH));
        settle();

        assertThat(mallory.errors()).containsExactly("BAD_KEY");
        assertThat(mallory.isClosed()).isTrue();
    }

    @Test
    void shouldNotLeaveOutSignaturesWhereTheOtherEndHasNotSaidSo() {
        ScriptedEnd c = dialAsC(JsonObject.builder().put("v", 1).build());
        c.send(at(Envelopes.advertise(C, CAROL)));
        settle();

        alice.tell(CAROL, "signed");
        settle();

        assertThat(extensionsSaid(c).get("link_auth")).isNull();
        assertThat(c.received("SERVER_DELIVER")).hasSize(1).noneMatch(e -> e.sig().isEmpty());
    }

    @Test
    void attackShouldFailWhenAuthenticatedServerComesBackWithLess() {
        ScriptedEnd c = dialAsC(WITH_LINK_AUTH);
        c.close();
        settle();

        ScriptedEnd plain = mesh.dial(a).send(join(WITH_LINK_AUTH));
        ScriptedEnd silent = dialAsC(JsonObject.builder().put("v", 1).build());
        settle();
        ScriptedEnd again = dialAsC(WITH_LINK_AUTH);

        assertThat(plain.errors()).containsExactly("INVALID_SIG");
        assertThat(detail(plain)).endsWith("dial wss://");
        assertThat(detail(silent)).endsWith("say link_auth in ext");
        assertThat(silent.errors()).containsExactly("INVALID_SIG");
        assertThat(again.errors()).isEmpty();
        assertThat(again.received("SERVER_WELCOME")).isNotEmpty();
    }

    @Test
    void shouldTellAServerWhoseClockIsOffToLookThereAndNotToDialOtherwise() {
        dialAsC(WITH_LINK_AUTH).close();
        settle();
        long longAgo = mesh.now().epochMs() - Duration.ofMinutes(10).toMillis();
        Envelope late =
                Envelopes.serverHelloJoin(C).with("ext", WITH_LINK_AUTH).ts(longAgo).build();

        ScriptedEnd again = mesh.dialOverTls(a, C.key()).send(late);
        settle();

        assertThat(again.errors()).containsExactly("INVALID_SIG");
        assertThat(detail(again)).containsAnyOf("too old", "clock").doesNotContain("wss");
    }

    @Test
    void shouldCloseTheLinksThatDoNotProveTheirFrames() {
        ScriptedEnd plain = mesh.dial(a).send(join(JsonObject.builder().put("v", 1).build()));
        settle();

        ScriptedEnd c = dialAsC(WITH_LINK_AUTH);

        assertThat(plain.isClosed()).isTrue();
        assertThat(c.isClosed()).isFalse();
        assertThat(a.engine().peers().framesOf(C.id())).isEqualTo(FrameProof.LINK);
    }

    private static String detail(ScriptedEnd end) {
        return text(end.received("ERROR").getLast(), "detail");
    }

    private ScriptedEnd dialAsC(JsonObject extensions) {
        ScriptedEnd c = mesh.dialOverTls(a, C.key()).send(join(extensions));
        settle();
        return c;
    }

    private Envelope join(JsonObject extensions) {
        return at(Envelopes.serverHelloJoin(C).with("ext", extensions));
    }

    private static JsonObject extensionsSaid(ScriptedEnd end) {
        Envelope welcome = end.received("SERVER_WELCOME").getFirst();
        return (JsonObject) welcome.payload().members().get("ext");
    }

    private Envelope at(EnvelopeBuilder builder) {
        return builder.ts(mesh.now().epochMs()).build();
    }

    /** Of a message that is sent now. */
    private String contentSig(Actors.Person author, Actors.Person recipient) {
        return text(at(Envelopes.msgDirect(author, recipient)), "content_sig");
    }

    private static Server overTls(Server server) {
        return new Server(server.id(), server.keys(), server.address().overTls(true));
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(3));
    }
}
