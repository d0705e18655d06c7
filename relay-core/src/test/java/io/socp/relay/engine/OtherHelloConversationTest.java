package io.socp.relay.engine;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.UserId;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.ForeignHellos;
import io.socp.relay.testing.ScriptedEnd;
import io.socp.relay.testing.SimulatedMesh;
import io.socp.relay.testing.SimulatedMesh.Pinning;
import io.socp.relay.testing.SimulatedRelay;
import io.socp.relay.testing.SimulatedUser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that do not begin with the standard's hello, on relay A; Bob's, our own, on relay B. */
class OtherHelloConversationTest {

    private final SimulatedMesh mesh = new SimulatedMesh(79);
    private final SimulatedUser bob = mesh.user(BOB);
    private SimulatedRelay a;

    @BeforeEach
    void connectBob() {
        List<SimulatedRelay> relays = mesh.startEach(List.of(A, B), Pinning.UNPINNED);
        a = relays.get(0);
        mesh.run(Duration.ofSeconds(10));
        bob.hello(
                relays.get(1),
                Envelopes.userHello(BOB)
                        .with("ext", JsonObject.EMPTY)
                        .with(
                                "meta",
                                JsonObject.builder().put("display_name", "Bob the Brave").build()));
        settle();
    }

    @Test
    void shouldRegisterWhoeverAsksUnderTheIdHeHas() {
        ScriptedEnd alice = mesh.dial(a);

        say(alice, ForeignHellos.frame("USER_REGISTER", ALICE, "server"));

        assertThat(text(only(alice), "user_id")).isEqualTo(ALICE.id().value());
        assertThat(only(alice).type()).isEqualTo("REGISTER_OK");
    }

    @Test
    void shouldTakeAnswerToChallengeForHello() {
        ScriptedEnd alice = challenged(ALICE);

        List<Envelope> heard = alice.received();
        assertThat(heard.get(0).type()).isEqualTo("AUTH_CHALLENGE");
        assertThat(Base64Url.decode(text(heard.get(0), "nonce_b64"))).isNotEmpty();
        assertThat(heard.get(1).type()).isEqualTo("AUTH_OK");
        assertThat(text(heard.get(1), "user_id")).isEqualTo(ALICE.id().value());
        assertThat(a.engine().users().find(ALICE.id()).displayName()).isEqualTo("alice");
    }

    @Test
    void shouldNotTakeAnswerToChallengeForHelloOfOneWhoIsOnline() {
        challenged(ALICE);

        ScriptedEnd mallory = challenged(new Person(ALICE.id(), CAROL.keys()));

        assertThat(mallory.errors()).containsExactly("NAME_IN_USE");
        assertThat(mallory.received("AUTH_OK")).isEmpty();
        assertThat(mallory.isClosed()).isTrue();
    }

    @Test
    void shouldNameUsersInOneWordToClientThatKnowsThemByUsername() {
        ScriptedEnd alice = challenged(ALICE);

        var meta =
                (JsonObject)
                        alice.received("USER_ADVERTISE").getLast().payload().members().get("meta");
        assertThat(text(meta, "username")).isEqualTo("Bob_the_Brave");
        assertThat(text(meta, "pubkey")).isEqualTo(BOB.key().text());
        assertThat(text(meta, "display_name")).isEqualTo("Bob the Brave");
    }

    @Test
    void shouldNameUserWithoutNameByHisIdToClientThatKnowsThemByUsername() {
        ScriptedEnd alice = challenged(ALICE);
        mesh.user(CAROL).connectPlainly(a);
        settle();

        var meta =
                (JsonObject)
                        alice.received("USER_ADVERTISE").getLast().payload().members().get("meta");
        assertThat(text(meta, "username")).isEqualTo(CAROL.id().value());
    }

    @Test
    void shouldSayWhetherMessageIsPublicToClientThatWasChallenged() {
        ScriptedEnd alice = challenged(ALICE);
        bob.tell(ALICE, "hi");
        settle();
        Envelope plain = alice.received("USER_DELIVER").getLast();

        bob.send(
                Envelopes.msgDirect(BOB, ALICE)
                        .with("public", JsonLiteral.TRUE)
                        .signedBy(BOB.keys()));
        settle();

        assertThat(plain.payload().members().get("public")).isEqualTo(JsonLiteral.FALSE);
        assertThat(alice.received("USER_DELIVER").getLast().payload().members().get("public"))
                .isEqualTo(JsonLiteral.TRUE);
    }

    @Test
    void shouldGiveGuestAnIdOfHisKeyAndTellItFirst() {
        ScriptedEnd guest = guest(ALICE);

        Envelope welcome = guest.received().getFirst();
        assertThat(welcome.type()).isEqualTo("USER_WELCOME");
        assertThat(IdRule.UUID_V4.accepts(welcome.to())).isTrue();
        assertThat(welcome.to().replace("-", "").substring(0, 12))
                .isEqualTo(ALICE.key().fingerprint().substring(0, 12));
        assertThat(text(welcome, "server_pub_key"))
                .isEqualTo(padded(A.key().text(KeyContainer.PEM_BASE64URL)));
        assertPaddedAndSigned(welcome);
    }

    @Test
    void shouldRefuseSecondGuestWithTheSameKey() {
        guest(ALICE);

        ScriptedEnd second = guest(ALICE);

        assertThat(second.errors()).containsExactly("NAME_IN_USE");
    }

    @Test
    void shouldTellGuestKeysWithPadding() {
        ScriptedEnd guest = guest(ALICE);
        String id = guest.received().getFirst().to();

        say(
                guest,
                ForeignHellos.frame("PUB_KEY_REQUEST", ALICE, "Server")
                        .from(id)
                        .with("recipient_uuid", BOB.id().value()));

        assertThat(text(guest.received("PUB_KEY").getLast(), "recipient_pub"))
                .isEqualTo(padded(BOB.key().text(KeyContainer.PEM_BASE64URL)));
    }

    @Test
    void shouldDeliverToGuestWithPadding() {
        Person guest = new Person(id(guestLink()), ALICE.keys());

        bob.tell(guest, "hi");
        settle();

        Envelope deliver = link.received("USER_DELIVER").getLast();
        assertThat(text(deliver, "sender_pub"))
                .isEqualTo(padded(BOB.key().text(KeyContainer.PEM_BASE64URL)));
        assertPaddedAndSigned(deliver);
    }

    @Test
    void shouldDeliverPieceOfLongTextAsMessage() {
        ScriptedEnd alice = mesh.dial(a);
        say(alice, ForeignHellos.pemText(ALICE));
        EnvelopeBuilder piece =
                Envelopes.msgDirect(ALICE, BOB)
                        .type("MSG_DIRECT_CHUNK")
                        .without("sender_pub")
                        .with("index", 1)
                        .with("dm_id", "d")
                        .with("msg_id", "d:1");

        Envelope sent = say(alice, piece.contentSignedBy(ALICE.keys()).signedBy(ALICE.keys()));

        Envelope deliver = bob.last("USER_DELIVER");
        assertThat(deliver.ts()).isEqualTo(sent.ts());
        assertThat(text(deliver, "ciphertext")).isEqualTo(text(sent, "ciphertext"));
        assertThat(text(deliver, "content_sig")).isEqualTo(text(sent, "content_sig"));
        assertThat(text(deliver, "sender")).isEqualTo(ALICE.id().value());
        assertThat(alice.errors()).isEmpty();
    }

    @Test
    void shouldAnswerCommandForList() {
        SimulatedUser carol = mesh.user(CAROL).connectPlainly(a);
        settle();

        carol.send(ForeignHellos.frame("COMMAND", CAROL, "server").with("command", "/list"));
        settle();

        Envelope answer = carol.last("COMMAND_RESPONSE");
        assertThat(text(answer, "command")).isEqualTo("/list");
        assertThat(text(answer, "response"))
                .isEqualTo("{\"users\":[\"" + BOB.id() + "\",\"" + CAROL.id() + "\"]}");
    }

    private ScriptedEnd link;

    private ScriptedEnd guestLink() {
        link = guest(ALICE);
        return link;
    }

    private static UserId id(ScriptedEnd guest) {
        return new UserId(guest.received().getFirst().to());
    }

    /** Signs in as mjzero0's client does. */
    private ScriptedEnd challenged(Person user) {
        ScriptedEnd end = mesh.dial(a);
        say(end, ForeignHellos.frame("AUTH_HELLO", user, "server").with("username", "alice"));
        say(
                end,
                ForeignHellos.frame("AUTH_RESPONSE", user, "server")
                        .with("username", "alice")
                        .with("proof_hmac_hex", "00")
                        .with("pubkey", user.key().text())
                        .unsigned());
        return end;
    }

    /** Comes as rhk08's client does. */
    private ScriptedEnd guest(Person user) {
        ScriptedEnd end = mesh.dial(a);
        String key = padded(user.key().text(KeyContainer.PEM_BASE64URL));
        say(
                end,
                ForeignHellos.frame("USER_HELLO", user, "Server")
                        .from("Guest")
                        .with("client", "cli-v1")
                        .with("pubkey", key)
                        .with("enc_pubkey", key)
                        .unsigned());
        return end;
    }

    private Envelope say(ScriptedEnd end, EnvelopeBuilder frame) {
        Envelope envelope = frame.ts(mesh.now().epochMs()).build();
        end.send(envelope);
        settle();
        return envelope;
    }

    private static Envelope only(ScriptedEnd end) {
        assertThat(end.received()).hasSize(1);
        return end.received().getFirst();
    }

    private static String padded(String base64) {
        return base64 + "=".repeat(-base64.length() & 3);
    }

    private static void assertPaddedAndSigned(Envelope frame) {
        assertThat(frame.sig()).hasSize(684).endsWith("=");
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        A.key(),
                                        frame.payload().canonical(),
                                        Base64Url.decode(frame.sig())))
                .isTrue();
    }

    private void settle() {
        mesh.run(Duration.ofMillis(500));
    }
}
