package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent.DirectMessage;
import io.socp.relay.client.ClientEvent.PresenceChanged;
import io.socp.relay.client.e2e.Addressee;
import io.socp.relay.client.e2e.FileReceipt;
import io.socp.relay.client.e2e.Opener;
import io.socp.relay.client.e2e.Opening;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.verify.ContentSignature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alice writes to Bob in the form that Bob's client reads, as far as anyone has told. */
@Timeout(60)
class WritingToOthersTest {

    private static final UserId BOB = Actors.BOB;
    private static final long TS = ServerFrames.TS;

    private final AliceAtTest alice = new AliceAtTest();
    private final Events events = alice.events();
    private SocpClient client;

    @BeforeEach
    void start() throws Exception {
        client = alice.ready();
    }

    @AfterEach
    void stop() {
        alice.close();
    }

    @Test
    void shouldAnnounceTheHybridForms() throws Exception {
        try (AliceAtTest another = new AliceAtTest()) {
            var _ = another.connecting();

            UserHello hello = (UserHello) AliceAtTest.message(another.connection().next());

            assertThat(hello.extensions())
                    .isEqualTo(JsonObject.builder().put("v", 1).put("hybrid", 1).build());
        }
    }

    @Test
    void shouldSplitALongTextForAStranger() throws Exception {
        advertise(JsonObject.EMPTY);

        Sent sent = client.sendDirect(BOB, "é".repeat(300)).get(10, SECONDS);

        assertThat(sent.ref()).isEqualTo("1");
        Envelope first = alice.connection().next("MSG_DIRECT");
        Envelope second = alice.connection().next("MSG_DIRECT");
        assertThat(textOf(first)).isEqualTo("é".repeat(223));
        assertThat(textOf(second)).isEqualTo("é".repeat(77));
        assertThat(second.ts()).isGreaterThan(first.ts());
    }

    @Test
    void shouldSendALongTextInOneHybridMessage() throws Exception {
        advertise(hybrid(1));

        client.sendDirect(BOB, "é".repeat(32_768)).get(10, SECONDS);

        assertThat(textOf(alice.connection().next("MSG_DIRECT"))).isEqualTo("é".repeat(32_768));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "2, true", "-1, false"})
    void shouldGoByTheAnnouncedVersion(long version, boolean isHybrid) throws Exception {
        advertise(hybrid(version));

        client.sendDirect(BOB, "x".repeat(447)).get(10, SECONDS);

        String first = textOf(alice.connection().next("MSG_DIRECT"));
        assertThat(first).hasSize(isHybrid ? 447 : 446);
    }

    @Test
    void shouldForgetWhatAnEarlierClientOfTheUserAnnounced() throws Exception {
        advertise(hybrid(1));
        alice.connection().send(advertised(JsonObject.EMPTY));
        alice.connection()
                .send(ServerFrames.advertise(Actors.CAROL, null, TestKeys.CAROL.publicKey()));
        events.next(PresenceChanged.class);

        client.sendDirect(BOB, "x".repeat(447)).get(10, SECONDS);

        assertThat(textOf(alice.connection().next("MSG_DIRECT"))).hasSize(446);
    }

    @ParameterizedTest
    @CsvSource({
        "A, CONCATENATED_TEXT",
        "B, CONCATENATED_BYTES",
        "C, DIGEST_OF_BYTES",
        "D, JSON",
        "E, DIGEST_OF_JSON",
        "F, PIPED",
        "G, CONCATENATED_TEXT",
    })
    void shouldSignInTheLayoutThatTheServerHintsAt(String letter, ContentSignature layout)
            throws Exception {
        advertise(JsonObject.builder().put("content_sig", letter).build());

        client.sendDirect(BOB, "hi").get(10, SECONDS);

        assertThat(layoutOf(alice.connection().next("MSG_DIRECT"))).isEqualTo(layout);
    }

    @Test
    void shouldAnswerInTheLayoutItWasWrittenToIn() throws Exception {
        advertise(JsonObject.builder().put("content_sig", "B").build());
        Addressee self =
                new Addressee(
                        Actors.ALICE,
                        TestKeys.ALICE.publicKey(),
                        ContentSignature.DIGEST_OF_BYTES,
                        false);
        SealedText sealed = Actors.bob().direct("hi Alice", self, TS);
        alice.connection().send(ServerFrames.deliver(Actors.ALICE, BOB, TS, sealed));
        assertThat(events.next(DirectMessage.class).isVerified()).isTrue();

        client.sendDirect(BOB, "hi Bob").get(10, SECONDS);

        assertThat(layoutOf(alice.connection().next("MSG_DIRECT")))
                .isEqualTo(ContentSignature.DIGEST_OF_BYTES);
    }

    @Test
    void shouldNotLearnALayoutFromSomeoneElse() throws Exception {
        advertise(JsonObject.EMPTY);
        Addressee self =
                new Addressee(
                        Actors.ALICE, TestKeys.ALICE.publicKey(), ContentSignature.PIPED, false);
        SealedText sealed = Actors.falseBob().direct("hi Alice", self, TS);
        alice.connection().send(ServerFrames.deliver(Actors.ALICE, BOB, TS, sealed));
        assertThat(events.next(DirectMessage.class).isVerified()).isFalse();

        client.sendDirect(BOB, "hi").get(10, SECONDS);

        assertThat(layoutOf(alice.connection().next("MSG_DIRECT")))
                .isEqualTo(ContentSignature.CONCATENATED_TEXT);
    }

    @Test
    void shouldShowItsKeyInTheContainerOfTheReader() throws Exception {
        String pem = TestKeys.BOB.publicKey().text(KeyContainer.PEM_BASE64URL);
        RsaPublicKey key = ((KeyReading.Valid) RsaPublicKey.read(pem)).key();
        alice.connection().send(ServerFrames.advertise(BOB, null, key));
        events.next(PresenceChanged.class);

        client.sendDirect(BOB, "hi").get(10, SECONDS);

        assertThat(direct(alice.connection().next("MSG_DIRECT")).sealed().senderPub())
                .isEqualTo(TestKeys.ALICE.publicKey().text(KeyContainer.PEM_BASE64URL));
    }

    @Test
    void shouldNotShowAReceiptAsAMessage() throws Exception {
        advertise(hybrid(1));
        FileReceipt receipt = new FileReceipt("f1", FileReceipt.State.UNDERWAY, 1, "");
        Addressee self = Addressee.stranger(Actors.ALICE, TestKeys.ALICE.publicKey());
        SealedText sealed = Actors.bob().receipt(receipt, self, TS);

        alice.connection().send(ServerFrames.deliver(Actors.ALICE, BOB, TS, sealed));
        alice.connection().send(AliceAtTest.deliver(Actors.bob(), "a text", TS));

        assertThat(events.next()).isInstanceOf(DirectMessage.class);
    }

    private void advertise(JsonObject meta) throws InterruptedException {
        alice.connection().send(advertised(meta));
        events.next(PresenceChanged.class);
    }

    private static Envelope advertised(JsonObject meta) {
        return ServerFrames.advertised(BOB, meta, TestKeys.BOB.publicKey());
    }

    private static JsonObject hybrid(long version) {
        return JsonObject.builder()
                .put("ext", JsonObject.builder().put("hybrid", version).build())
                .build();
    }

    private static MsgDirect direct(Envelope frame) {
        return (MsgDirect) AliceAtTest.message(frame);
    }

    private static String textOf(Envelope frame) {
        Opener bob = new Opener(TestKeys.BOB.identity());
        return ((Opening.Text) bob.direct(direct(frame).sealed())).text();
    }

    private static ContentSignature layoutOf(Envelope frame) {
        return ContentSignature.layoutOfDirect(
                        new SignatureVerifier(),
                        TestKeys.ALICE.publicKey(),
                        direct(frame).sealed(),
                        Actors.ALICE,
                        BOB,
                        frame.ts())
                .orElseThrow();
    }
}
