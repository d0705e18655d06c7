package io.socp.relay.daemon.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.daemon.testing.StuckSocket;
import io.socp.relay.engine.Complaint;
import io.socp.relay.engine.RelayEffect.Convey;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Actors.Person;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Alice's frames on their way to server B, on links whose other end the test plays. */
@ExtendWith(LeakCheck.class)
class ConveyorTest {

    private final ScriptedPort port = new ScriptedPort();
    private final VirtualClock clock = new VirtualClock();
    private final List<RelayEvent> told = new ArrayList<>();
    private final FrameSigner signer = new FrameSigner(TestKeys.SERVER_A.signer()::sign);
    private final List<FarEnd> ends = new ArrayList<>();
    private LinkId preferred;
    private final PeerOutboxes outboxes =
            new PeerOutboxes(
                    SpoolBounds.standard(Duration.ofMinutes(2)),
                    _ -> Proven.link(preferred),
                    clock,
                    (_, _) -> {},
                    told::add);

    @AfterEach
    void finish() {
        port.finish();
    }

    @Test
    void shouldWriteAtOnceOnAFirstLink() {
        FarEnd b = link();

        bring(Actors.BOB);

        assertThat(b.envelopes()).hasSize(1);
    }

    @Test
    void shouldAskAfterATickHowMuchWasReadAndForgetThat() {
        FarEnd b = link();
        bring(Actors.BOB);
        bring(Actors.CAROL);
        b.envelopes();

        b.advance(Conveyor.TICK);
        long number = ping(b);
        pong(b, number);

        assertThat(number).isEqualTo(2);
        assertThat(outboxes.frames()).isZero();
        assertThat(outboxes.bytes()).isZero();
    }

    @Test
    void shouldAskOnceUntilItIsAnswered() {
        FarEnd b = link();
        bring(Actors.BOB);
        b.advance(Conveyor.TICK);
        ping(b);

        bring(Actors.CAROL);
        b.advance(Conveyor.TICK);

        assertThat(b.control(PingWebSocketFrame.class)).isNull();
        assertThat(outboxes.frames()).isEqualTo(2);
    }

    @Test
    void shouldAskAgainWhereAnAnswerStaysOut() {
        FarEnd b = link();
        bring(Actors.BOB);
        b.advance(Conveyor.TICK);
        ping(b);
        bring(Actors.CAROL);

        advance(b, Conveyor.TICKS_TO_ASK_AGAIN);

        assertThat(ping(b)).isEqualTo(2);
    }

    @Test
    void shouldBelieveNoAnswerThatWasNotAskedFor() {
        FarEnd b = link();
        bring(Actors.BOB);

        pong(b, 1);
        b.send(new PongWebSocketFrame(Unpooled.EMPTY_BUFFER));

        assertThat(outboxes.frames()).isEqualTo(1);
    }

    @Test
    void shouldBelieveNoAnswerBehindAGoodbye() {
        FarEnd b = link();
        bring(Actors.BOB);
        b.advance(Conveyor.TICK);
        long number = ping(b);

        b.send(
                new CloseWebSocketFrame(1000, "bye"),
                new PongWebSocketFrame(Unpooled.copyLong(number)));

        assertThat(outboxes.frames()).isEqualTo(1);
    }

    @Test
    void shouldWriteAgainByteForByteOnTheNextLinkAfterAPause() {
        FarEnd b = link();
        Envelope sent = bring(Actors.BOB);
        b.vanish();
        Envelope later = bring(Actors.CAROL);

        FarEnd again = link();
        List<Envelope> atOnce = again.envelopes();
        again.advance(Conveyor.TAKE_OVER_PAUSE);

        assertThat(atOnce).isEmpty();
        assertThat(again.envelopes()).containsExactly(sent, later);
    }

    @Test
    void shouldNotWriteAgainWhatWasConfirmed() {
        FarEnd b = link();
        bring(Actors.BOB);
        b.advance(Conveyor.TICK);
        pong(b, ping(b));
        b.vanish();

        FarEnd again = link();
        again.advance(Conveyor.TAKE_OVER_PAUSE);

        assertThat(again.envelopes()).isEmpty();
    }

    @Test
    void shouldTakeWhatIsWrittenAsReadWhereNoPingWasEverAnswered() {
        FarEnd b = link();
        bring(Actors.BOB);

        advance(b, Conveyor.TICKS_TO_MUTE);
        long justBefore = outboxes.frames();
        b.advance(Conveyor.TICK);

        assertThat(justBefore).isEqualTo(1);
        assertThat(outboxes.frames()).isZero();
        bring(Actors.CAROL);
        assertThat(outboxes.frames()).isZero();
    }

    @Test
    void shouldKeepInDoubtWhatIsNotAnsweredByOneWhoHasAnsweredBefore() {
        FarEnd b = link();
        bring(Actors.BOB);
        b.advance(Conveyor.TICK);
        pong(b, ping(b));
        bring(Actors.CAROL);

        advance(b, 2 * Conveyor.TICKS_TO_MUTE);

        assertThat(outboxes.frames()).isEqualTo(1);
    }

    /** The way was cut before anything was written on it: silence then is no sign of muteness. */
    @Test
    void shouldKeepInDoubtWhatIsNotAnsweredByOneWhoAnsweredWhenTheLinkOpened() {
        FarEnd b = open();
        pong(b, ping(b));
        bring(Actors.BOB);

        advance(b, 2 * Conveyor.TICKS_TO_MUTE);

        assertThat(outboxes.frames()).isEqualTo(1);
    }

    @Test
    void shouldLeaveInTheOutboxWhatTheSocketDoesNotTake() {
        FarEnd b = link();
        b.server().config().setWriteBufferWaterMark(new WriteBufferWaterMark(500, 1_000));
        StuckSocket socket = StuckSocket.on(b.server());
        bring(Actors.BOB);
        bring(Actors.CAROL);
        b.server().runPendingTasks();

        pass(Duration.ofMinutes(1));
        outboxes.onTick();
        socket.drain();

        assertThat(b.envelopes()).hasSize(1);
        assertThat(told)
                .containsExactly(
                        new RelayEvent.Undelivered(
                                new Complaint(Actors.ALICE.id(), Actors.CAROL.id())));
    }

    @Test
    void shouldMoveToTheLinkThatIsPreferredNow() {
        FarEnd b = link();
        Envelope sent = bring(Actors.BOB);
        b.envelopes();

        FarEnd better = link();
        b.server().runPendingTasks();
        better.advance(Conveyor.TAKE_OVER_PAUSE);
        Envelope later = bring(Actors.CAROL);

        assertThat(better.envelopes()).containsExactly(sent, later);
        assertThat(b.envelopes()).isEmpty();
    }

    @Test
    void shouldTellOfWhatWaitedForALinkTooLong() {
        preferred = new LinkId(99);
        bring(Actors.BOB);

        pass(Duration.ofMinutes(1).minusMillis(1));
        outboxes.onTick();
        List<RelayEvent> before = List.copyOf(told);
        pass(Duration.ofMillis(1));
        outboxes.onTick();

        assertThat(before).isEmpty();
        assertThat(told)
                .containsExactly(
                        new RelayEvent.Undelivered(
                                new Complaint(Actors.ALICE.id(), Actors.BOB.id())));
    }

    @Test
    void shouldWaitNoLongerThanOthersWouldAcceptTheMessage() {
        Duration freshFor = Duration.ofSeconds(105);
        Duration behind = Duration.ofSeconds(100);
        bring(Actors.BOB, clock.now().epochMs() - behind.toMillis());

        pass(freshFor.minus(behind).minusMillis(1));
        outboxes.onTick();
        int before = told.size();
        pass(Duration.ofMillis(1));
        outboxes.onTick();

        assertThat(before).isZero();
        assertThat(told).hasSize(1);
    }

    /** A link to B, from now on the preferred one; how it was asked when it opened is read. */
    private FarEnd link() {
        FarEnd end = open();
        end.control(PingWebSocketFrame.class);
        return end;
    }

    private FarEnd open() {
        FarEnd end = port.connect().upgrade();
        ends.add(end);
        Link link = port.inbox().link();
        link.identify(ScriptedPort.SERVER_B);
        preferred = link.id();
        outboxes.attach(Actors.B.id(), link);
        end.server().runPendingTasks();
        return end;
    }

    private Envelope bring(Person recipient) {
        return bring(recipient, clock.now().epochMs());
    }

    /** Alice's message to someone on B; the envelope as it goes out. */
    private Envelope bring(Person recipient, long ts) {
        Envelope envelope =
                Envelopes.serverDeliver(Actors.A, Actors.ALICE, recipient).ts(ts).build();
        OutboundFrame frame = OutboundFrame.asReceived(envelope);
        outboxes.offer(
                new Convey(
                        List.of(Actors.B.id()),
                        frame,
                        ts,
                        new Complaint(Actors.ALICE.id(), recipient.id())),
                frame.bytes(signer),
                null);
        ends.forEach(end -> end.server().runPendingTasks());
        return envelope;
    }

    private void pass(Duration time) {
        clock.advanceMs(time.toMillis());
    }

    private static void advance(FarEnd end, int ticks) {
        for (int i = 0; i < ticks; i++) {
            end.advance(Conveyor.TICK);
        }
    }

    private static long ping(FarEnd end) {
        PingWebSocketFrame ping = end.control(PingWebSocketFrame.class);
        assertThat(ping).isNotNull();
        return ping.content().getLong(0);
    }

    private static void pong(FarEnd end, long number) {
        end.send(new PongWebSocketFrame(Unpooled.copyLong(number)));
    }
}
