package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socp.relay.client.ClientEvent.ClientError;
import io.socp.relay.client.ClientEvent.Closed;
import io.socp.relay.client.ClientEvent.PresenceChanged;
import io.socp.relay.client.ClientEvent.Ready;
import io.socp.relay.client.e2e.Opener;
import io.socp.relay.client.e2e.Opening;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.MessageReference;
import io.socp.relay.message.QueryMessage.ListRequest;
import io.socp.relay.message.QueryMessage.ListResponse;
import io.socp.relay.message.QueryMessage.ListedUser;
import io.socp.relay.message.QueryMessage.PubkeyRequest;
import io.socp.relay.message.QueryMessage.PubkeyResponse;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Alice's client says hello, sends, asks and leaves; the server's every word is the test's. Real
 * sockets, real keys.
 */
@Timeout(60)
class SocpClientTest {

    private static final UserId ALICE = Actors.ALICE;
    private static final UserId BOB = Actors.BOB;
    private static final UserId CAROL = Actors.CAROL;
    private static final long TS = ServerFrames.TS;

    private final AliceAtTest alice = new AliceAtTest();
    private final Events events = alice.events();

    @AfterEach
    void stop() {
        alice.close();
    }

    @Test
    void shouldSayHelloWithItsKeysAndASignature() throws Exception {
        var _ = alice.connecting();

        Envelope hello = alice.connection().next();

        assertThat(hello.to()).isEqualTo("*");
        assertThat(hello.ts()).isEqualTo(TS);
        assertThat(AliceAtTest.message(hello))
                .isInstanceOfSatisfying(
                        UserHello.class,
                        said -> {
                            assertThat(said.user()).isEqualTo(ALICE);
                            assertThat(said.key()).isEqualTo(TestKeys.ALICE.publicKey());
                            assertThat(said.encryptionKey()).isEqualTo(said.key());
                            assertThat(said.displayName()).isEqualTo("Alice");
                            assertThat(said.client()).startsWith("socp-relay/");
                            assertThat(said.extensions()).isNotNull();
                        });
        assertThat(
                        TransportSignature.holds(
                                new SignatureVerifier(), TestKeys.ALICE.publicKey(), hello))
                .isTrue();
    }

    @Test
    void shouldBeReadyWithTheWelcome() throws Exception {
        CompletableFuture<SocpClient> client = alice.greeted();

        alice.connection().send(ServerFrames.welcome(ALICE));

        assertThat(events.next()).isEqualTo(new Ready(ALICE, ServerFrames.ID));
        assertThat(client.get(10, SECONDS).user()).isEqualTo(ALICE);
    }

    @Test
    void shouldNotBelieveAWelcomeSignedWithAnotherKey() throws Exception {
        CompletableFuture<SocpClient> client = alice.greeted();
        Envelope genuine = ServerFrames.welcome(ALICE);
        SocpMessage welcome = AliceAtTest.message(genuine);

        alice.connection().send(ServerFrames.signed(welcome, ALICE.value(), TS, TestKeys.MALLORY));

        AliceAtTest.assertFailsWith(client, "INVALID_SIG");
    }

    @Test
    void shouldTakeTheFirstPresenceOfAForeignServerForAWelcome() throws Exception {
        CompletableFuture<SocpClient> client = alice.greeted();

        alice.connection().send(ServerFrames.advertise(BOB, "Bob", TestKeys.BOB.publicKey()));

        assertThat(events.next()).isEqualTo(new Ready(ALICE, null));
        assertThat(events.next()).isEqualTo(new PresenceChanged(BOB, "Bob", true));
        assertThat(client.get(10, SECONDS).list().get(10, SECONDS))
                .containsExactly(new OnlineUser(ALICE, "Alice"), new OnlineUser(BOB, "Bob"));
    }

    @Test
    void shouldTakeASilentForeignServerForReady() throws Exception {
        alice.waitsForSilence(Duration.ofMillis(50));
        var _ = alice.connecting();

        assertThat(events.next()).isEqualTo(new Ready(ALICE, null));
    }

    @Test
    void shouldFailWithTheServersCodeWhenTheNameIsTaken() throws Exception {
        CompletableFuture<SocpClient> client = alice.greeted();

        alice.connection().send(ServerFrames.error(ALICE, "NAME_IN_USE", "somebody is " + ALICE));

        assertThatThrownBy(() -> client.get(10, SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        SocpException.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo("NAME_IN_USE");
                            assertThat(refused.detail()).isEqualTo("somebody is " + ALICE);
                        });
    }

    @Test
    void shouldEncryptSignAndStampADirectMessage() throws Exception {
        SocpClient client = alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
        events.next(PresenceChanged.class);

        Sent sent = client.sendDirect(BOB, "hi Bob").get(10, SECONDS);

        Envelope frame = alice.connection().next("MSG_DIRECT");
        MsgDirect direct = (MsgDirect) AliceAtTest.message(frame);
        String trace = MessageReference.of(direct.contentSig()).orElseThrow().toString();
        assertThat(sent)
                .isEqualTo(new Sent("1", BOB.value(), Sent.State.ACCEPTED, true, List.of(trace)));
        assertThat(direct.recipient()).isEqualTo(BOB);
        assertThat(direct.sealed().senderPub()).isEqualTo(TestKeys.ALICE.publicKey().text());
        assertThat(new Opener(TestKeys.BOB.identity()).direct(direct.sealed()))
                .isEqualTo(new Opening.Text("hi Bob", true));
        assertThat(
                        TransportSignature.holds(
                                new SignatureVerifier(), TestKeys.ALICE.publicKey(), frame))
                .isTrue();
        assertThat(alice.pins().keyOf(BOB)).isEqualTo(TestKeys.BOB.publicKey());
    }

    @Test
    void shouldNeverUseOneTimeTwice() throws Exception {
        SocpClient client = alice.ready(); // its clock stands still

        for (int i = 0; i < 3; i++) {
            client.sendPublic("again").get(10, SECONDS);
        }

        long first = alice.connection().next("MSG_PUBLIC_CHANNEL").ts();
        assertThat(alice.connection().next("MSG_PUBLIC_CHANNEL").ts()).isEqualTo(first + 1);
        assertThat(alice.connection().next("MSG_PUBLIC_CHANNEL").ts()).isEqualTo(first + 2);
    }

    @Test
    void shouldRefuseATextThatDoesNotFitAndNameTheLimit() throws Exception {
        SocpClient client = alice.ready();

        assertThatThrownBy(() -> client.sendDirect(BOB, "é".repeat(32_769)).get(10, SECONDS))
                .hasMessageContaining("TEXT_TOO_LONG")
                .hasMessageContaining("65536")
                .hasMessageContaining("65538");
        AliceAtTest.assertFailsWith(
                client.sendPublic("x".repeat(Sealer.PUBLIC_BYTES_MAX + 1)), "TEXT_TOO_LONG");
    }

    @Test
    void shouldWaitForAUserWhoIsAboutToAppear() throws Exception {
        SocpClient client = alice.ready(JsonObject.EMPTY);

        CompletableFuture<Sent> first = client.sendDirect(BOB, "one");
        CompletableFuture<Sent> second = client.sendDirect(BOB, "two");
        client.sendPublic("barrier").get(10, SECONDS);
        assertThat(first).isNotDone();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));

        assertThat(first.get(10, SECONDS).ref()).isEqualTo("2");
        assertThat(second.get(10, SECONDS).ref()).isEqualTo("3");
        assertThat(textForBob(alice.connection().next("MSG_DIRECT"))).isEqualTo("one");
        assertThat(textForBob(alice.connection().next("MSG_DIRECT"))).isEqualTo("two");
    }

    @Test
    void shouldGiveUpOnAUserWhoDoesNotAppear() throws Exception {
        alice.waitsForAnswers(Duration.ofMillis(100));
        SocpClient client = alice.ready(JsonObject.EMPTY);

        assertThatThrownBy(() -> client.sendDirect(BOB, "hi").get(10, SECONDS))
                .hasMessageContaining("USER_NOT_FOUND")
                .hasMessageContaining(BOB.value());
    }

    @Test
    void shouldAskOurRelayForAKey() throws Exception {
        SocpClient client = alice.ready();

        CompletableFuture<RsaPublicKey> key = client.keyOf(BOB);
        Envelope request = alice.connection().next("PUBKEY_REQUEST");
        alice.connection().send(AliceAtTest.response(BOB, TestKeys.BOB.publicKey().text()));

        assertThat(AliceAtTest.message(request)).isEqualTo(new PubkeyRequest(BOB));
        assertThat(key.get(10, SECONDS)).isEqualTo(TestKeys.BOB.publicKey());
        assertThat(alice.pins().keyOf(BOB)).isNull();
    }

    @Test
    void shouldReadTheListPageByPage() throws Exception {
        SocpClient client = alice.ready();
        CompletableFuture<List<OnlineUser>> list = client.list();

        assertThat(AliceAtTest.message(alice.connection().next("LIST_REQUEST")))
                .isEqualTo(new ListRequest(""));
        alice.connection().send(page(BOB.value(), listed(ALICE, "Alice"), listed(BOB, null)));
        assertThat(AliceAtTest.message(alice.connection().next("LIST_REQUEST")))
                .isEqualTo(new ListRequest(BOB.value()));
        alice.connection().send(page("", listed(CAROL, "Carol")));

        assertThat(list.get(10, SECONDS))
                .containsExactly(
                        new OnlineUser(ALICE, "Alice"),
                        new OnlineUser(BOB, null),
                        new OnlineUser(CAROL, "Carol"));
    }

    @Test
    void shouldGiveUpOnAListThatDoesNotCome() throws Exception {
        alice.waitsForAnswers(Duration.ofMillis(100));
        SocpClient client = alice.ready();

        AliceAtTest.assertFailsWith(client.list(), "TIMEOUT");
    }

    @Test
    void shouldSettleWhenTheRelayHasAnsweredTheLastQuestion() throws Exception {
        SocpClient client = alice.ready();

        CompletableFuture<Void> settled = client.settled();
        assertThat(AliceAtTest.message(alice.connection().next("PUBKEY_REQUEST")))
                .isEqualTo(new PubkeyRequest(ALICE));
        assertThat(settled).isNotDone();
        alice.connection().send(AliceAtTest.response(ALICE, TestKeys.ALICE.publicKey().text()));

        settled.get(10, SECONDS);
    }

    @Test
    void shouldSettleWithAForeignServerByPing() throws Exception {
        SocpClient client = alice.ready(JsonObject.EMPTY);

        client.settled().get(10, SECONDS);
    }

    @Test
    void shouldRefuseMoreCallsThanItKeepsWaiting() throws Exception {
        SocpClient client = alice.ready(JsonObject.EMPTY);

        CompletableFuture<RsaPublicKey> last = null;
        for (int i = 0; i < SocpClient.CALLS_MAX; i++) {
            last = client.keyOf(BOB);
        }

        AliceAtTest.assertFailsWith(client.keyOf(BOB), "OVERLOADED");
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
        assertThat(last.get(10, SECONDS)).isEqualTo(TestKeys.BOB.publicKey());
    }

    @Test
    void shouldNotBelieveAnUnsignedAnswer() throws Exception {
        alice.waitsForAnswers(Duration.ofMillis(200));
        SocpClient client = alice.ready();
        CompletableFuture<RsaPublicKey> key = client.keyOf(BOB);
        alice.connection().next("PUBKEY_REQUEST");

        alice.connection()
                .send(
                        ServerFrames.unsigned(
                                new PubkeyResponse(BOB, TestKeys.MALLORY.publicKey().text()),
                                ALICE.value(),
                                TS));

        assertThat(events.next(ClientError.class).code()).isEqualTo(ClientErrorCode.INVALID_SIG);
        AliceAtTest.assertFailsWith(key, "USER_NOT_FOUND");
    }

    @Test
    void shouldTellTheEndAndFailWhatIsWaiting() throws Exception {
        SocpClient client = alice.ready();
        CompletableFuture<List<OnlineUser>> list = client.list();
        alice.connection().next("LIST_REQUEST");

        alice.connection().close(1001, "going away");

        assertThat(events.next(Closed.class).reason()).contains("1001").contains("going away");
        AliceAtTest.assertFailsWith(list, "CLOSED");
        AliceAtTest.assertFailsWith(client.sendPublic("anyone?"), "CLOSED");
        client.closed().get(10, SECONDS);
    }

    @Test
    void shouldCloseOnceAndSaySo() throws Exception {
        SocpClient client = alice.ready();

        client.close();
        client.close();

        assertThat(events.next()).isEqualTo(new Closed("closed by this client"));
    }

    private static Envelope page(String next, ListedUser... rows) {
        return ServerFrames.signed(new ListResponse(List.of(rows), next), ALICE.value(), TS);
    }

    private static ListedUser listed(UserId user, String name) {
        return new ListedUser(user.value(), ServerFrames.ID.value(), name);
    }

    private static String textForBob(Envelope frame) {
        SealedText sealed = ((MsgDirect) AliceAtTest.message(frame)).sealed();
        return ((Opening.Text) new Opener(TestKeys.BOB.identity()).direct(sealed)).text();
    }
}
