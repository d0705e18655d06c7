package io.socp.relay.daemon.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.dialect.PeerDialect;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.RelayEffect.Convey;
import io.socp.relay.engine.RelayEffect.Identify;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.sign.Priority;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Frames for server B, whose dialect takes no more than 25 in a second. */
@ExtendWith(LeakCheck.class)
class PacedLinkTest {

    private static final int PER_TICK = 5;
    private static final Duration TICK = Duration.ofMillis(200);

    private final ScriptedPort port = new ScriptedPort();
    private final VirtualClock clock = new VirtualClock();
    private final FrameSigner signer = new FrameSigner(TestKeys.SERVER_A.signer()::sign);
    private final FarEnd b = port.connect().upgrade();
    private final Link link = port.inbox().link();
    private final PeerOutboxes outboxes =
            new PeerOutboxes(
                    SpoolBounds.standard(Duration.ofMinutes(2)),
                    _ -> Proven.link(link.id()),
                    clock,
                    (_, _) -> {},
                    _ -> {});
    private final LinkDialects dialects = new LinkDialects();
    private final LinkRegistry links = new LinkRegistry();
    private final Courier courier =
            new Courier(links, dialects, outboxes, signer, _ -> {}, _ -> {}, _ -> {});

    @BeforeEach
    void register() {
        links.add(link);
    }

    @AfterEach
    void finish() {
        port.finish();
    }

    @Test
    void shouldWriteNoMoreThanThePaceAllowsInAnyTwoSeconds() {
        attach();
        bring(150);
        List<Integer> perTick = new ArrayList<>();

        for (int i = 0; i < 30; i++) {
            perTick.add(b.envelopes().size());
            b.advance(TICK);
        }

        assertThat(perTick).allMatch(frames -> frames <= PER_TICK);
        assertThat(perTick.stream().mapToInt(Integer::intValue).sum()).isEqualTo(150);
    }

    @Test
    void shouldKeepTheOrderOfWhatWaits() {
        attach();
        List<Envelope> sent = bring(PER_TICK + 3);
        b.advance(TICK);

        assertThat(b.envelopes()).containsExactlyElementsOf(sent);
    }

    @Test
    void shouldWriteControlBeforeWhatWaits() {
        attach();
        List<Envelope> sent = bring(PER_TICK + 1);
        Envelope heartbeat = Envelopes.heartbeat(Actors.A).build();
        link.write(Unpooled.wrappedBuffer(heartbeat.bytes()), Priority.CONTROL);
        b.envelopes();

        b.advance(TICK);

        assertThat(b.envelopes()).containsExactly(heartbeat, sent.getLast());
    }

    @Test
    void shouldNotStarvePresenceBehindAFloodOfMessages() {
        attach();
        bring(100);
        Envelope news = Envelopes.advertise(Actors.A, Actors.ALICE).build();
        link.replay(List.of(Unpooled.wrappedBuffer(news.bytes())));
        link.writeInTurn(Unpooled.wrappedBuffer(news.bytes()), Priority.CONTROL);
        b.envelopes();

        b.advance(TICK);

        assertThat(b.envelopes().stream().filter(news::equals)).hasSize(2);
    }

    @Test
    void shouldWriteAtOnceAfterAPause() {
        attach();
        bring(PER_TICK);
        b.envelopes();
        b.advance(TICK);

        bring(1);

        assertThat(b.envelopes()).hasSize(1);
    }

    @Test
    void shouldNotHoldBackLinkOfServerThatNamesNoBound() {
        attach(PeerDialect.STANDARD);

        bring(50);

        assertThat(b.envelopes()).hasSize(50);
    }

    private void attach() {
        attach(new PeerDialect(KeyContainer.DER_BASE64URL, PeerDialect.Manner.LINK_SIGNED));
    }

    private void attach(PeerDialect dialect) {
        dialects.put(link.id(), Actors.B.id(), dialect);
        courier.carryOut(List.of(new Identify(link.id(), ScriptedPort.SERVER_B)));
        b.server().runPendingTasks();
    }

    private List<Envelope> bring(int count) {
        List<Envelope> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long ts = clock.now().epochMs() + i;
            Envelope envelope =
                    Envelopes.serverDeliver(Actors.A, Actors.ALICE, Actors.BOB).ts(ts).build();
            OutboundFrame frame = OutboundFrame.asReceived(envelope);
            Complaint complaint = new Complaint(Actors.ALICE.id(), Actors.BOB.id());
            outboxes.offer(
                    new Convey(List.of(Actors.B.id()), frame, ts, complaint),
                    frame.bytes(signer),
                    null);
            sent.add(envelope);
        }
        b.server().runPendingTasks();
        return sent;
    }
}
