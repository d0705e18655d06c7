package io.socp.relay.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.client.ClientEvent.ClientError;
import io.socp.relay.client.ClientEvent.DirectMessage;
import io.socp.relay.client.ClientEvent.PresenceChanged;
import io.socp.relay.client.ClientEvent.PublicMessage;
import io.socp.relay.client.ClientEvent.Ready;
import io.socp.relay.client.ClientEvent.ServerError;
import io.socp.relay.client.e2e.Sealer;
import io.socp.relay.client.testing.Actors;
import io.socp.relay.client.testing.Events;
import io.socp.relay.client.testing.ServerFrames;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.SealedText;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.testing.TestKeys;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Alice's client makes of what comes: verified, marked, refused, shown in order. */
@Timeout(60)
class SocpClientReadingTest {

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
    void shouldShowADirectMessageAsVerified() throws Exception {
        alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));

        alice.connection().send(AliceAtTest.deliver(Actors.bob(), "hello", TS));

        assertThat(events.next(DirectMessage.class))
                .isEqualTo(new DirectMessage(BOB, "hello", TS, true));
        assertThat(alice.pins().keyOf(BOB)).isEqualTo(TestKeys.BOB.publicKey());
    }

    @Test
    void shouldTrustTheMessagesOwnKeyAtFirstContactWhenTheServerVouches() throws Exception {
        alice.ready();

        alice.connection().send(AliceAtTest.deliver(Actors.bob(), "hello", TS));

        assertThat(events.next(DirectMessage.class).isVerified()).isTrue();
        assertThat(alice.pins().keyOf(BOB)).isEqualTo(TestKeys.BOB.publicKey());
    }

    @Test
    void shouldNotTrustTheMessagesOwnKeyOfAnUnknownServer() throws Exception {
        alice.waitsForSilence(Duration.ofMillis(1));
        var _ = alice.connecting();
        events.next(Ready.class);

        alice.connection().send(AliceAtTest.deliver(Actors.bob(), "hello", TS));

        assertThat(events.next(DirectMessage.class).isVerified()).isFalse();
        assertThat(alice.pins().keyOf(BOB)).isNull();
    }

    @Test
    void shouldMarkADeliveryThatTheServerHasNotSigned() throws Exception {
        alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
        SealedText sealed = AliceAtTest.sealed(Actors.bob(), "hello", TS);
        UserDeliver deliver = new UserDeliver(ServerFrames.ID, ALICE, BOB, TS, sealed);
        SealedText more = AliceAtTest.sealed(Actors.bob(), "more", TS);
        UserDeliver other = new UserDeliver(ServerFrames.ID, ALICE, BOB, TS, more);

        alice.connection().send(ServerFrames.signed(deliver, ALICE.value(), TS, TestKeys.MALLORY));
        alice.connection().send(ServerFrames.unsigned(other, ALICE.value(), TS));

        assertThat(events.next(DirectMessage.class).isVerified()).isFalse();
        assertThat(events.next(DirectMessage.class).isVerified()).isFalse();
        assertThat(alice.pins().keyOf(BOB)).isNull();
    }

    @Test
    void shouldMarkAMessageWhoseTimeWasChangedOnTheWay() throws Exception {
        alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
        SealedText sealed = AliceAtTest.sealed(Actors.bob(), "hello", TS);

        alice.connection().send(ServerFrames.deliver(ALICE, BOB, TS + 60_000, sealed));

        assertThat(events.next(DirectMessage.class).isVerified()).isFalse();
    }

    @Test
    void shouldWarnOfAChangedKeyAndStillShowTheMessage() throws Exception {
        alice.pins().pin(BOB, TestKeys.BOB.publicKey());
        SocpClient client = alice.ready();

        alice.connection().send(AliceAtTest.deliver(Actors.falseBob(), "it is me", TS));

        ClientError warning = events.next(ClientError.class);
        assertThat(warning.code()).isEqualTo(ClientErrorCode.KEY_CHANGED);
        assertThat(warning.detail())
                .contains(BOB.value())
                .contains(TestKeys.BOB.publicKey().fingerprint())
                .contains(TestKeys.MALLORY.publicKey().fingerprint());
        assertThat(events.next()).isEqualTo(new DirectMessage(BOB, "it is me", TS, false));
        CompletableFuture<Sent> answer = client.sendDirect(BOB, "who are you?");
        alice.connection().next("PUBKEY_REQUEST");
        alice.connection().send(AliceAtTest.response(BOB, TestKeys.BOB.publicKey().text()));
        AliceAtTest.assertFailsWith(answer, "KEY_CHANGED");
        assertThat(alice.pins().keyOf(BOB)).isEqualTo(TestKeys.BOB.publicKey());
    }

    @Test
    void shouldRefuseToSendWhenAnotherKeyIsAdvertised() throws Exception {
        alice.pins().pin(BOB, TestKeys.BOB.publicKey());
        SocpClient client = alice.ready();

        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.MALLORY.publicKey()));

        assertThat(events.next(ClientError.class).code()).isEqualTo(ClientErrorCode.KEY_CHANGED);
        AliceAtTest.assertFailsWith(client.sendDirect(BOB, "hi"), "KEY_CHANGED");
    }

    @Test
    void shouldSendAgainWhenThePinnedKeyIsBack() throws Exception {
        alice.pins().pin(BOB, TestKeys.BOB.publicKey());
        SocpClient client = alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.MALLORY.publicKey()));
        events.next(ClientError.class);

        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
        alice.connection().send(ServerFrames.advertise(CAROL, null, TestKeys.CAROL.publicKey()));
        events.next(PresenceChanged.class);

        assertThat(client.sendDirect(BOB, "hi").get(10, SECONDS).to()).isEqualTo(BOB.value());
    }

    @Test
    void shouldSayWhenAMessageCannotBeDecrypted() throws Exception {
        alice.ready();
        SealedText forCarol = Actors.bob().direct("secret", CAROL, TestKeys.CAROL.publicKey(), TS);

        alice.connection().send(ServerFrames.deliver(ALICE, BOB, TS, forCarol));

        ClientError error = events.next(ClientError.class);
        assertThat(error.code()).isEqualTo(ClientErrorCode.UNREADABLE);
        assertThat(error.detail()).contains(BOB.value());
    }

    @Test
    void shouldKeepTheOrderOfMessages() throws Exception {
        alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));

        for (int i = 0; i < 20; i++) {
            alice.connection().send(AliceAtTest.deliver(Actors.bob(), "message " + i, TS + i));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(events.next(DirectMessage.class).text()).isEqualTo("message " + i);
        }
    }

    @Test
    void shouldVerifyAPublicMessageByEitherSignature() throws Exception {
        alice.ready();
        alice.connection().send(ServerFrames.advertise(BOB, null, TestKeys.BOB.publicKey()));
        Payload payload = Actors.bob().publicPayload("hi all", TS);

        alice.connection().send(publicFrame(BOB, payload, TS, Actors.bob().transportSig(payload)));
        alice.connection().send(publicFrame(BOB, Actors.bob().publicPayload("more", TS), TS, ""));
        alice.connection().send(publicFrame(BOB, payload, TS + 1, ""));
        alice.connection().send(publicFrame(CAROL, payload, TS, ""));

        assertThat(events.next(PublicMessage.class))
                .isEqualTo(new PublicMessage(BOB, "hi all", TS, true, false));
        assertThat(events.next(PublicMessage.class).isVerified()).isTrue();
        assertThat(events.next(PublicMessage.class).isVerified()).isFalse();
        assertThat(events.next(PublicMessage.class))
                .isEqualTo(new PublicMessage(CAROL, "hi all", TS, false, false));
    }

    @Test
    void shouldNotShowItsOwnPublicMessageBack() throws Exception {
        alice.ready();
        Sealer ownPen = new Sealer(ALICE, TestKeys.ALICE.identity());

        alice.connection().send(publicFrame(ALICE, ownPen.publicPayload("mine", TS), TS, ""));
        alice.connection().send(publicFrame(BOB, Actors.bob().publicPayload("his", TS), TS, ""));

        assertThat(events.next(PublicMessage.class).from()).isEqualTo(BOB);
    }

    @Test
    void shouldFollowPresence() throws Exception {
        alice.ready();

        alice.connection().send(ServerFrames.advertise(BOB, "Bob", TestKeys.BOB.publicKey()));
        alice.connection().send(ServerFrames.advertise(BOB, "Bob", TestKeys.BOB.publicKey()));
        alice.connection().send(ServerFrames.remove(BOB));
        alice.connection().send(ServerFrames.remove(BOB));
        alice.connection().send(ServerFrames.advertise(CAROL, null, TestKeys.CAROL.publicKey()));

        assertThat(events.next()).isEqualTo(new PresenceChanged(BOB, "Bob", true));
        assertThat(events.next()).isEqualTo(new PresenceChanged(BOB, "Bob", false));
        assertThat(events.next()).isEqualTo(new PresenceChanged(CAROL, null, true));
    }

    @Test
    void shouldNotBelieveForgedPresence() throws Exception {
        alice.ready();
        SocpMessage advertise =
                AliceAtTest.message(
                        ServerFrames.advertise(BOB, null, TestKeys.MALLORY.publicKey()));

        alice.connection().send(ServerFrames.signed(advertise, "*", TS, TestKeys.MALLORY));

        assertThat(events.next(ClientError.class).code()).isEqualTo(ClientErrorCode.INVALID_SIG);
    }

    @Test
    void shouldPassOnTheServersErrors() throws Exception {
        alice.ready();

        alice.connection().send(ServerFrames.error(ALICE, "USER_NOT_FOUND", BOB.value()));

        assertThat(events.next()).isEqualTo(new ServerError("USER_NOT_FOUND", BOB.value()));
    }

    @Test
    void shouldIgnoreWhatItDoesNotKnowAndReportWhatIsBroken() throws Exception {
        alice.ready();

        alice.connection()
                .sendText(
                        "{\"type\":\"SPACESHIP\",\"from\":\"x\",\"to\":\"*\",\"ts\":1,\"payload\":{}}");
        alice.connection()
                .sendText(
                        "{\"type\":\"USER_DELIVER\",\"from\":\"x\",\"to\":\"y\",\"ts\":1,\"payload\":{}}");

        ClientError error = (ClientError) events.next();
        assertThat(error.code()).isEqualTo(ClientErrorCode.BAD_FRAME);
        assertThat(error.detail()).startsWith("USER_DELIVER: payload.");
    }

    private static Envelope publicFrame(UserId from, Payload payload, long ts, String sig) {
        return Envelope.of("MSG_PUBLIC_CHANNEL", from.value(), "public", ts, payload, sig);
    }
}
