package io.socp.relay.daemon.deliver;

import static io.socp.relay.testing.Actors.ALICE;
import static io.socp.relay.testing.Actors.BOB;
import static io.socp.relay.testing.Actors.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.engine.TrailStep;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What users of server B say before relay A has heard that they came. */
@ExtendWith(LeakCheck.class)
class EarlyFramesTest {

    private static final Duration ALMOST = EarlyFrames.PATIENCE.minus(EarlyFrames.INTERVAL);

    private final EmbeddedRelay relay = new EmbeddedRelay();
    private FarEnd alice;
    private FarEnd b;
    private int said;

    @BeforeEach
    void start() {
        alice = relay.connect();
        alice.send(Envelopes.userHello(ALICE).build());
        b = relay.connect();
        b.send(Envelopes.serverHelloJoin(Actors.B).build());
        relay.settle();
        alice.envelopes();
    }

    @AfterEach
    void finish() {
        relay.finish();
    }

    @Test
    void shouldDeliverWhatComesRightBehindTheNewsOfItsAuthor() {
        Envelope message = message(BOB);

        b.send(frame(Envelopes.advertise(Actors.B, BOB).build()), frame(message));
        relay.settle();
        relay.pass(EarlyFrames.INTERVAL);

        assertThat(messages()).containsExactly(message);
    }

    @Test
    void shouldWaitForTheNewsOfItsAuthor() {
        Envelope message = message(BOB);
        b.send(message);
        relay.settle();
        relay.pass(ALMOST);

        b.send(Envelopes.advertise(Actors.B, BOB).build());
        relay.settle();
        relay.pass(EarlyFrames.INTERVAL);

        assertThat(messages()).containsExactly(message);
    }

    @Test
    void shouldRefuseWhatNobodyVouchesForInTime() {
        b.send(message(BOB));
        relay.settle();
        relay.pass(EarlyFrames.PATIENCE);
        assertThat(relay.verdicts()).endsWith("MSG_PUBLIC_CHANNEL REFUSED");

        b.send(Envelopes.advertise(Actors.B, BOB).build());
        relay.settle();
        relay.pass(EarlyFrames.PATIENCE);

        assertThat(messages()).isEmpty();
    }

    @Test
    void shouldRememberThatItWasRefusedOnceItHasWaited() {
        Envelope message = message(BOB);
        b.send(message);
        relay.settle();
        relay.pass(ALMOST);
        List<TrailStep> before = relay.steps(message);

        relay.pass(EarlyFrames.INTERVAL);

        assertThat(before).isEmpty();
        assertThat(relay.steps(message))
                .extracting(TrailStep::fate)
                .containsExactly(TrailStep.Fate.REFUSED);
    }

    @Test
    void shouldRememberWhatFindsNoRoomToWait() {
        for (int i = 0; i < EarlyFrames.FRAMES_MAX; i++) {
            b.send(message(BOB));
        }
        Envelope message = message(BOB);

        b.send(message);
        relay.settle();

        assertThat(relay.steps(message))
                .extracting(TrailStep::fate)
                .containsExactly(TrailStep.Fate.REFUSED);
    }

    @Test
    void shouldKeepTheOrderOfAnAuthor() {
        List<Envelope> sent = new ArrayList<>(List.of(message(BOB), message(BOB)));
        b.send(
                frame(Envelopes.advertise(Actors.B, BOB).build()),
                frame(sent.get(0)),
                frame(sent.get(1)));
        relay.settle();

        sent.add(message(BOB));
        b.send(sent.getLast());
        relay.settle();
        relay.pass(EarlyFrames.INTERVAL);

        assertThat(messages()).containsExactlyElementsOf(sent);
    }

    @Test
    void shouldNotHoldUpOthersForOneNobodyKnows() {
        b.send(Envelopes.advertise(Actors.B, CAROL).build());
        relay.settle();
        Envelope other = message(CAROL);

        b.send(frame(message(BOB)), frame(other));
        relay.settle();

        assertThat(messages()).containsExactly(other);
    }

    @Test
    void shouldHoldSoManyAndRefuseTheNext() {
        for (int i = 0; i <= EarlyFrames.FRAMES_MAX; i++) {
            b.send(message(BOB));
        }
        relay.settle();
        assertThat(relay.verdicts()).filteredOn("MSG_PUBLIC_CHANNEL REFUSED"::equals).hasSize(1);

        b.send(Envelopes.advertise(Actors.B, BOB).build());
        relay.settle();
        relay.pass(EarlyFrames.INTERVAL);

        assertThat(messages()).hasSize(EarlyFrames.FRAMES_MAX);
    }

    @Test
    void shouldHoldSoManyBytesAndRefuseTheNext() {
        String filler = "x".repeat(EarlyFrames.BYTES_MAX / 8);
        for (int i = 0; i < 8; i++) {
            b.send(
                    Envelopes.msgPublic(BOB)
                            .with("number", i)
                            .with("text", filler)
                            .signedBy(BOB.keys())
                            .build());
        }
        relay.settle();

        assertThat(relay.verdicts()).filteredOn("MSG_PUBLIC_CHANNEL REFUSED"::equals).hasSize(1);
    }

    @Test
    void shouldCountAsUnderWayWhileItWaits() {
        b.send(message(BOB));
        relay.settle();
        long waiting = relay.room().underWay();

        relay.pass(ALMOST);
        long stillWaiting = relay.room().underWay();
        relay.pass(EarlyFrames.INTERVAL.multipliedBy(2));

        assertThat(waiting).isEqualTo(1);
        assertThat(stillWaiting).isEqualTo(1);
        assertThat(relay.room().underWay()).isZero();
    }

    private Envelope message(Actors.Person author) {
        said++;
        return Envelopes.msgPublic(author).with("number", said).signedBy(author.keys()).build();
    }

    private static WebSocketFrame frame(Envelope envelope) {
        return new TextWebSocketFrame(new String(envelope.bytes(), StandardCharsets.UTF_8));
    }

    private List<Envelope> messages() {
        return alice.envelopes().stream()
                .filter(envelope -> envelope.type().equals("MSG_PUBLIC_CHANNEL"))
                .toList();
    }
}
