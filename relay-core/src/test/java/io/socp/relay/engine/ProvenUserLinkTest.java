package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Actors.Server;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.TlsPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alice and Bob on links of relay A that TLS and their hellos prove; Carol is there plainly. */
class ProvenUserLinkTest {

    private static final Person MISSING =
            new Person(new UserId("dddddddd-0000-4000-8000-000000000004"), TestKeys.MALLORY);
    private static final LinkChallenge ALICES = LinkChallenge.of("alices-nonce", A.key());
    private static final LinkChallenge BOBS = LinkChallenge.of("bobs-nonce", A.key());

    private final SimulatedMesh mesh = new SimulatedMesh(91);
    private final SimulatedUser carol = mesh.user(CAROL);
    private SimulatedRelay a;
    private ScriptedEnd alice;
    private ScriptedEnd bob;

    @BeforeEach
    void link() {
        a = mesh.relay(A).start(List.of());
        alice = dial(ALICES).send(hello(ALICE, ALICES).build());
        bob = dial(BOBS).send(hello(BOB, BOBS).build());
        carol.connectPlainly(a);
        // What joining costs is no part of what is counted.
        mesh.run(Duration.ofSeconds(5));
    }

    @Test
    void shouldSayInTheSignedWelcomeThatTheLinkProvesItsFrames() {
        Envelope welcome = alice.received("USER_WELCOME").getFirst();

        var extensions = (JsonObject) welcome.payload().members().get("ext");
        assertThat(extensions.get("link_auth")).isEqualTo(JsonLiteral.TRUE);
        assertTransportSignature(welcome, A);
    }

    @Test
    void shouldDeliverUnsignedMessageUnsignedAndMakeNoSignature() {
        int before = a.signatures();

        alice.send(at(Envelopes.msgDirect(ALICE, BOB).unsigned()));
        settle();

        Envelope delivered = bob.received("USER_DELIVER").getFirst();
        assertThat(delivered.sig()).isEmpty();
        assertThat(text(delivered, "content_sig")).isNotEmpty();
        assertThat(a.signatures()).isEqualTo(before);
        assertThat(alice.errors()).isEmpty();
    }

    @Test
    void shouldAnswerUnsignedAndMakeNoSignature() {
        int before = a.signatures();

        alice.send(at(Envelopes.listRequest(ALICE)));
        alice.send(at(Envelopes.pubkeyRequest(ALICE, BOB)));
        alice.send(at(Envelopes.msgDirect(ALICE, MISSING)));
        alice.send(at(Envelopes.heartbeat(A)));
        settle();

        assertThat(alice.received("LIST_RESPONSE")).allMatch(e -> e.sig().isEmpty()).hasSize(1);
        assertThat(alice.received("PUBKEY_RESPONSE")).allMatch(e -> e.sig().isEmpty()).hasSize(1);
        assertThat(alice.received("ERROR")).allMatch(e -> e.sig().isEmpty()).hasSize(2);
        assertThat(a.signatures()).isEqualTo(before);
    }

    @Test
    void shouldSignWhatGoesToThePlainUserBesideThem() {
        alice.send(at(Envelopes.msgDirect(ALICE, CAROL).unsigned()));
        settle();
        alice.send(at(Envelopes.msgPublic(ALICE).unsigned()));
        alice.send(at(Envelopes.fileStart(ALICE, CAROL.id()).unsigned()));
        settle();

        assertTransportSignature(carol.last("USER_DELIVER"), A);
        assertTransportSignature(carol.last("MSG_PUBLIC_CHANNEL"), A);
        assertTransportSignature(carol.last("FILE_START"), A);
    }

    @Test
    void shouldPassOnPublicMessageThatItsAuthorHasSignedAsItIs() {
        Envelope sent = at(Envelopes.msgPublic(ALICE));

        alice.send(sent);
        settle();

        assertThat(carol.last("MSG_PUBLIC_CHANNEL").bytes()).isEqualTo(sent.bytes());
    }

    @Test
    void attackShouldFailWhenContentIsNotTheAuthors() {
        alice.send(
                at(Envelopes.msgDirect(ALICE, BOB).contentSignedBy(TestKeys.MALLORY).unsigned()));
        alice.send(at(Envelopes.msgDirect(ALICE, BOB).contentSig("").unsigned()));
        settle();

        assertThat(alice.errors()).containsExactly("INVALID_SIG", "INVALID_SIG");
        assertThat(bob.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void attackShouldFailWhenHelloIsPassedOnToAnotherConnection() {
        ScriptedEnd mallory = dial(LinkChallenge.of("mallorys-nonce", A.key()));

        mallory.send(hello(MISSING, LinkChallenge.of("a-nonce-of-hers", A.key())).build());
        settle();

        assertRefused(mallory);
    }

    @Test
    void attackShouldFailWhenHelloWasMadeForTheServerThatPassesItOn() {
        LinkChallenge shown = LinkChallenge.of("passed-on-too", A.key());
        ScriptedEnd mallory = dial(shown);

        mallory.send(hello(MISSING, LinkChallenge.of(shown.nonce(), B.key())).build());
        settle();

        assertRefused(mallory);
    }

    @Test
    void attackShouldFailWhenHelloForTlsConnectionIsRepeatedWithoutTls() {
        ScriptedEnd plain = mesh.dial(a);

        plain.send(hello(MISSING, ALICES).build());
        settle();

        assertRefused(plain);
    }

    @Test
    void attackShouldFailWhenHelloForThisConnectionIsUnsigned() {
        LinkChallenge shown = LinkChallenge.of("seen-by-mallory", A.key());
        ScriptedEnd mallory = dial(shown);

        mallory.send(hello(MISSING, shown).unsigned().build());
        mallory.send(hello(MISSING, shown).signedBy(TestKeys.ALICE).build());
        settle();

        assertThat(mallory.errors()).containsExactly("INVALID_SIG", "INVALID_SIG");
        assertThat(mallory.received("USER_WELCOME")).isEmpty();
    }

    @Test
    void attackShouldFailWhenSecondHelloWouldMakeTheLinkAProvenOne() {
        LinkChallenge shown = LinkChallenge.of("for-both-hellos", A.key());
        ScriptedEnd dave = dial(shown).send(Envelopes.userHello(MISSING).build());

        dave.send(hello(MISSING, shown).build());
        dave.send(at(Envelopes.listRequest(MISSING)));
        settle();

        assertThat(dave.errors()).containsExactly("UNKNOWN_TYPE");
        assertThat(dave.received("LIST_RESPONSE")).noneMatch(e -> e.sig().isEmpty());
    }

    @Test
    void shouldServeWhoAsksForNoProofOnTheSameKindOfConnection() {
        ScriptedEnd dave = dial(LinkChallenge.of("not-wanted", A.key()));

        dave.send(Envelopes.userHello(MISSING).with("ext", JsonObject.EMPTY).build());
        settle();
        alice.send(at(Envelopes.msgDirect(ALICE, MISSING).unsigned()));
        settle();

        assertTransportSignature(dave.received("USER_DELIVER").getFirst(), A);
    }

    private static void assertTransportSignature(Envelope envelope, Server signer) {
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        signer.key(),
                                        envelope.payload().canonical(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }

    private void assertRefused(ScriptedEnd end) {
        assertThat(end.errors()).containsExactly("INVALID_SIG");
        assertThat(text(end.received("ERROR").getFirst(), "detail"))
                .contains("for another connection or another server");
        assertThat(end.isClosed()).isTrue();
        assertThat(end.received("USER_WELCOME")).isEmpty();
    }

    private ScriptedEnd dial(LinkChallenge shown) {
        return mesh.dialOverTls(a, new TlsPeer.Anonymous(shown));
    }

    private static EnvelopeBuilder hello(Person person, LinkChallenge answered) {
        return Envelopes.userHello(person)
                .with(
                        "ext",
                        JsonObject.builder()
                                .put("presence", "ask")
                                .put("link_auth", answered.json())
                                .build());
    }

    private Envelope at(EnvelopeBuilder builder) {
        return builder.ts(mesh.now().epochMs()).build();
    }

    private void settle() {
        mesh.run(Duration.ofSeconds(2));
    }
}
