package io.socp.relay.daemon;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static io.socp.relay.testing.ScriptedEnd.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.SocketUser;
import io.socp.relay.daemon.testing.TestRelay;
import io.socp.relay.daemon.testing.TlsUser;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.verify.ContentCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Links that TLS and greetings prove, on real sockets, beside plain ones. */
class LinkAuthEndToEndTest {

    /** Has the form of a signature and is none. */
    private static final String WRONG = Base64Url.encode(new byte[512]);

    @RegisterExtension static final LeakCheck LEAKS = LeakCheck.atTheEnd();

    @TempDir private Path dir;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void shouldServeProvenUserAndStrictPlainUserOnOneRelay() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)));
        TlsUser alice = authenticated(a, ALICE);
        SocketUser bob = opened(SocketUser.connect(a.port()));
        bob.send(Envelopes.userHello(BOB));
        bob.awaitNews("USER_ADVERTISE", ALICE);

        alice.send(Envelopes.msgDirect(ALICE, BOB).unsigned());
        bob.send(Envelopes.msgDirect(BOB, ALICE));
        alice.send(Envelopes.msgPublic(ALICE));
        Envelope toBob = bob.await("USER_DELIVER");
        Envelope toAlice = alice.await("USER_DELIVER");
        Envelope toAll = bob.await("MSG_PUBLIC_CHANNEL");

        assertThat(isSignedBy(toBob, Actors.A.key())).isTrue();
        assertThat(isSignedBy(toAll, ALICE.key())).isTrue();
        assertThat(toAlice.sig()).isEmpty();
        assertThat(bob.received()).noneMatch(e -> e.sig().isEmpty());
        assertThat(bob.errors()).isEmpty();
    }

    @Test
    void shouldMakeNoSignatureForMessagesBetweenProvenUsersOfTwoRelays() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.REQUIRED)));
        TestRelay b =
                start(
                        TestRelay.of(Actors.B)
                                .withTls(TlsOptions.in(Mode.REQUIRED))
                                .withIntroducers(a.asIntroducerOverTls()));
        TlsUser alice = authenticated(a, ALICE);
        TlsUser bob = authenticated(b, BOB);
        awaitKey(alice, ALICE, BOB);
        awaitKey(bob, BOB, ALICE);
        double before = signatures(a) + signatures(b);

        for (int i = 0; i < 20; i++) {
            alice.send(numbered(Envelopes.msgDirect(ALICE, BOB), i));
            bob.send(numbered(Envelopes.msgDirect(BOB, ALICE), i));
        }
        await().atMost(SocketUser.PATIENCE)
                .until(() ->
                        bob.received("USER_DELIVER").size() == 20
                                && alice.received("USER_DELIVER").size() == 20);

        // What the mesh itself signs meanwhile does not grow with the messages.
        assertThat(signatures(a) + signatures(b) - before).isLessThan(10);
        assertThat(bob.received("USER_DELIVER")).allMatch(e -> e.sig().isEmpty());
        assertThat(alice.received("ERROR")).isEmpty();
        assertThat(bob.received("ERROR")).isEmpty();
    }

    @Test
    void shouldSignForPlainReaderBehindProvenLinkOfRelays() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)));
        TestRelay b =
                start(
                        TestRelay.of(Actors.B)
                                .withTls(TlsOptions.in(Mode.OPTIONAL))
                                .withIntroducers(a.asIntroducerOverTls()));
        TlsUser alice = authenticated(a, ALICE);
        SocketUser bob = opened(SocketUser.connect(b.port()));
        bob.send(Envelopes.userHello(BOB));
        bob.awaitNews("USER_ADVERTISE", ALICE);
        awaitKey(alice, ALICE, BOB);

        alice.send(Envelopes.msgDirect(ALICE, BOB).unsigned());
        alice.send(Envelopes.fileStart(ALICE, BOB.id()).unsigned());

        assertThat(isSignedBy(bob.await("USER_DELIVER"), Actors.B.key())).isTrue();
        assertThat(isSignedBy(bob.await("FILE_START"), Actors.B.key())).isTrue();
    }

    @Test
    void shouldRefuseWrongContentSignatureOnProvenLinkThatIsCheckedAlways() {
        TestRelay a = start(contentChecked(ContentCheck.ALWAYS));
        TlsUser alice = authenticated(a, ALICE);
        TlsUser bob = authenticated(a, BOB);

        alice.send(forged());
        alice.awaitError("INVALID_SIG");
        alice.send(Envelopes.msgDirect(ALICE, BOB).unsigned());
        bob.await("USER_DELIVER");

        assertThat(bob.received("USER_DELIVER")).hasSize(1);
    }

    @Test
    void shouldLeaveContentSignatureOfProvenLinkToReadersWhereNeverChecked() {
        TestRelay a = start(contentChecked(ContentCheck.NEVER));
        TlsUser alice = authenticated(a, ALICE);
        TlsUser bob = authenticated(a, BOB);

        alice.send(forged());
        Envelope delivered = bob.await("USER_DELIVER");

        assertThat(text(delivered, "content_sig")).isEqualTo(WRONG);
        assertThat(alice.received("ERROR")).isEmpty();
    }

    @Test
    void attackShouldFailWhenContentIsForgedOnLinkThatProvesNothingWhereNeverChecked() {
        TestRelay a = start(contentChecked(ContentCheck.NEVER));
        SocketUser alice = opened(SocketUser.connect(a.port()));
        alice.send(Envelopes.userHello(ALICE));
        TlsUser bob = authenticated(a, BOB);

        alice.send(forged());
        alice.awaitError("INVALID_SIG");

        assertThat(bob.received("USER_DELIVER")).isEmpty();
    }

    @Test
    void attackShouldFailWhenHelloIsPassedOnToAnotherConnection() throws Exception {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)));
        TlsUser alice = opened(TlsUser.connect(a.port()));
        TlsUser mallory = opened(TlsUser.connect(a.port()));
        SocketUser plain = opened(SocketUser.connect(a.port()));

        mallory.send(hello(ALICE, LinkChallenge.of(alice.nonce(), Actors.A.key())));
        plain.send(hello(ALICE, LinkChallenge.of(alice.nonce(), Actors.A.key())));

        assertThat(alice.nonce()).isNotEqualTo(mallory.nonce());
        assertThat(mallory.awaitError("INVALID_SIG")).contains("for another connection");
        assertThat(mallory.awaitClose()).isTrue();
        assertThat(plain.awaitError("INVALID_SIG")).contains("for another connection");
    }

    @Test
    void attackShouldFailWhenServerPassesOnHelloThatWasMadeForIt() throws Exception {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)));
        TlsUser mallory = opened(TlsUser.connect(a.port()));

        // She has shown Alice this nonce as her own, and Alice has signed it for her.
        mallory.send(hello(ALICE, LinkChallenge.of(mallory.nonce(), Actors.MALLORY.key())));

        assertThat(mallory.awaitError("INVALID_SIG")).contains("another server");
        assertThat(mallory.awaitClose()).isTrue();
        assertThat(mallory.received("USER_WELCOME")).isEmpty();
    }

    @Test
    void shouldServeOverTlsWhoDoesNotAskForProof() {
        TestRelay a = start(TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)));

        TlsUser carol = opened(TlsUser.connect(a.port()));
        carol.send(Envelopes.userHello(CAROL).with("ext", JsonObject.EMPTY));
        Envelope welcome = carol.await("USER_WELCOME");

        var ext = (JsonObject) welcome.payload().members().get("ext");
        assertThat(carol.nonce()).hasSize(22);
        assertThat(ext.get("link_auth")).as("not asked for").isNull();
        assertThat(welcome.sig()).isNotEmpty();
    }

    private TlsUser authenticated(TestRelay relay, Person person) {
        TlsUser user = opened(TlsUser.connect(relay.port()));
        user.send(hello(person, LinkChallenge.of(user.nonce(), relay.actor().key())));
        Envelope welcome = user.await("USER_WELCOME");
        var ext = (JsonObject) welcome.payload().members().get("ext");
        assertThat(ext.get("link_auth")).isEqualTo(JsonLiteral.TRUE);
        assertThat(isSignedBy(welcome, relay.actor().key())).isTrue();
        return user;
    }

    private static TestRelay.Setup contentChecked(ContentCheck check) {
        return TestRelay.of(Actors.A).withTls(TlsOptions.in(Mode.OPTIONAL)).withContent(check);
    }

    /** What Alice's link vouches for, and her key does not. */
    private static EnvelopeBuilder forged() {
        return Envelopes.msgDirect(ALICE, BOB).unsigned().contentSig(WRONG);
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

    private static EnvelopeBuilder numbered(EnvelopeBuilder message, int number) {
        return message.with("ciphertext", Envelopes.sealed("message " + number)).unsigned();
    }

    /** Waits until the user's relay knows the other. */
    private static void awaitKey(TlsUser user, Person self, Person other) {
        await().atMost(SocketUser.PATIENCE)
                .until(() -> {
                    int before = user.received("PUBKEY_RESPONSE").size();
                    user.send(Envelopes.pubkeyRequest(self, other));
                    await().atMost(SocketUser.PATIENCE)
                            .until(() -> user.received("PUBKEY_RESPONSE").size() > before);
                    Envelope last = user.received("PUBKEY_RESPONSE").getLast();
                    return !text(last, "pubkey").isEmpty();
                });
    }

    private static boolean isSignedBy(Envelope envelope, RsaPublicKey key) {
        return new SignatureVerifier()
                .verifies(key, envelope.payload().canonical(), Base64Url.decode(envelope.sig()));
    }

    private static double signatures(TestRelay relay) {
        return relay.scrape().value("socp_sign_duration_seconds_count");
    }

    private TestRelay start(TestRelay.Setup setup) {
        return opened(setup.start(dir));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }
}
