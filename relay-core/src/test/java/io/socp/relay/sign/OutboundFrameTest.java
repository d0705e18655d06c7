package io.socp.relay.sign;

import static io.socp.relay.testing.Actors.A;
import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.B;
import static io.socp.relay.testing.Actors.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.ChatMessage.UserDeliver;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.SealedText;
import io.socp.relay.testing.EnvelopeBuilder;
import io.socp.relay.testing.Envelopes;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutboundFrameTest {

    private final AtomicInteger signatures = new AtomicInteger();
    private final FrameSigner signer =
            new FrameSigner(bytes -> {
                signatures.incrementAndGet();
                return A.keys().signer().sign(bytes);
            });

    @Test
    void shouldSignOwnMessageWithOurKeyInStandardForm() {
        var message =
                new UserDeliver(A.id(), BOB.id(), ALICE.id(), 5, new SealedText("c", "p", "s"));

        byte[] bytes =
                OutboundFrame.ofOurs(message, A.id().value(), BOB.id().value(), 5).bytes(signer);

        Envelope envelope = EnvelopeBuilder.decode(bytes);
        assertThat(envelope.type()).isEqualTo("USER_DELIVER");
        assertThat(envelope.from()).isEqualTo(A.id().value());
        assertThat(envelope.to()).isEqualTo(BOB.id().value());
        assertThat(envelope.ts()).isEqualTo(5);
        assertThat(
                        new SignatureVerifier()
                                .verifies(
                                        A.key(),
                                        envelope.payload().bytes(),
                                        Base64Url.decode(envelope.sig())))
                .isTrue();
    }

    @Test
    void shouldNotSignBeforeSomeoneNeedsIt() {
        OutboundFrame.ofOurs(new Heartbeat(A.id()), A.id().value(), "*", 1);

        assertThat(signatures).hasValue(0);
    }

    @Test
    void shouldPassOnForeignFrameUntouchedAndUnsigned() {
        Envelope foreign = Envelopes.msgPublic(ALICE).received();

        byte[] bytes = OutboundFrame.asReceived(foreign).bytes(signer);

        assertThat(bytes).isSameAs(foreign.bytes());
        assertThat(signatures).hasValue(0);
    }

    @Test
    void shouldSignOnceThoughManyThreadsAsk() throws InterruptedException {
        String longText = "x".repeat(FrameSigner.REMEMBERED_BYTES_MAX);
        var message =
                new UserDeliver(
                        A.id(), BOB.id(), ALICE.id(), 5, new SealedText(longText, "p", "s"));
        OutboundFrame frame = OutboundFrame.ofOurs(message, A.id().value(), BOB.id().value(), 5);
        var start = new CountDownLatch(1);
        List<Thread> threads =
                Stream.generate(() -> Thread.ofPlatform().start(() -> sign(frame, start)))
                        .limit(8)
                        .toList();

        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(signatures).hasValue(1);
        assertThat(frame.bytes(signer)).isSameAs(frame.bytes(signer));
    }

    @Test
    void shouldSignRecurringPayloadOnce() {
        for (long ts = 0; ts < 5; ts++) {
            OutboundFrame.ofOurs(new Heartbeat(A.id()), A.id().value(), "*", ts).bytes(signer);
            OutboundFrame.ofOurs(new Heartbeat(A.id()), A.id().value(), B.id().value(), ts)
                    .bytes(signer);
        }

        assertThat(signatures).hasValue(1);
    }

    @Test
    void shouldNotRememberLongPayloads() {
        String atBound = "x".repeat(FrameSigner.REMEMBERED_BYTES_MAX - "{\"t\":\"\"}".length());
        Payload longest = payload(atBound);
        Payload tooLong = payload(atBound + "x");

        signer.sign(longest);
        signer.sign(longest);
        assertThat(signatures).hasValue(1);
        signer.sign(tooLong);
        signer.sign(tooLong);

        assertThat(signatures).hasValue(3);
    }

    private static Payload payload(String text) {
        return Payload.of(JsonObject.builder().put("t", text).build());
    }

    private void sign(OutboundFrame frame, CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(frame.bytes(signer)).isNotEmpty();
    }
}
