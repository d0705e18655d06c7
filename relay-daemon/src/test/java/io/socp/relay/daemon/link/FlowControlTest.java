package io.socp.relay.daemon.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedInbox;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.daemon.testing.StuckSocket;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.sign.Priority;
import io.socp.relay.verify.LinkIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class FlowControlTest {

    private static final int MAX = ScriptedPort.IN_FLIGHT_MAX;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(500, 1_000);

    private final ScriptedPort port = new ScriptedPort();
    private FarEnd end;
    private ScriptedInbox inbox;
    private Link link;

    @AfterEach
    void finish() {
        port.finish();
    }

    @Test
    void shouldReadOnBelowTheBoundOfFramesInFlight() {
        connect(ScriptedPort.ALICE);

        end.send(frames(MAX - 1));

        assertThat(end.server().config().isAutoRead()).isTrue();
    }

    @Test
    void shouldPauseReadingAtTheBoundOfFramesInFlight() {
        connect(ScriptedPort.ALICE);

        end.send(frames(MAX));

        assertThat(end.server().config().isAutoRead()).isFalse();
    }

    @Test
    void shouldReadOnWhenHalfOfTheFramesInFlightAreDone() {
        connect(ScriptedPort.ALICE);
        end.send(frames(MAX));

        inbox.finish(MAX / 2 - 1);
        boolean aboveHalf = end.server().config().isAutoRead();
        inbox.finish(1);
        boolean atHalf = end.server().config().isAutoRead();

        assertThat(aboveHalf).isFalse();
        assertThat(atHalf).isTrue();
    }

    @Test
    void shouldPauseReadingFromAUserWhoDoesNotRead() {
        connect(ScriptedPort.ALICE);
        StuckSocket socket = stuck();

        link.write(envelope(1, 2_000), Priority.CONTROL);
        boolean whileStuck = end.server().config().isAutoRead();
        socket.drain();
        boolean afterwards = end.server().config().isAutoRead();

        assertThat(whileStuck).isFalse();
        assertThat(afterwards).isTrue();
        assertThat(timestamps(end.envelopes())).containsExactly(1L);
    }

    @Test
    void shouldStayPausedUntilNoReasonIsLeft() {
        connect(ScriptedPort.ALICE);
        StuckSocket socket = stuck();
        link.write(envelope(1, 2_000), Priority.CONTROL);
        end.send(frames(MAX));

        socket.drain();
        boolean backlogLeft = end.server().config().isAutoRead();
        inbox.finish(MAX);
        boolean noneLeft = end.server().config().isAutoRead();

        assertThat(backlogLeft).isFalse();
        assertThat(noneLeft).isTrue();
    }

    @Test
    void shouldGoOnReadingFromAPeerThatDoesNotReadOrBothWouldWaitForEver() {
        connect(ScriptedPort.SERVER_B);
        stuck();

        link.write(envelope(1, 2_000), Priority.CONTROL);

        assertThat(end.server().isWritable()).isFalse();
        assertThat(end.server().config().isAutoRead()).isTrue();
    }

    @Test
    void shouldKeepAReaderWhoseQueueIsAtTheBound() {
        connect(ScriptedPort.ALICE);
        stuck();

        fill(ScriptedPort.USER_QUEUE_BYTES_MAX - 500);

        assertThat(port.slowReaders()).isEmpty();
        assertThat(link.isClosing()).isFalse();
    }

    @Test
    void shouldCutAReaderWhoseQueueIsBeyondTheBound() {
        connect(ScriptedPort.ALICE);
        StuckSocket socket = stuck();

        fill(ScriptedPort.USER_QUEUE_BYTES_MAX + 500);
        link.write(envelope(99, 500), Priority.CONTROL);

        assertThat(port.slowReaders()).containsExactly(ScriptedPort.ALICE);
        assertThat(link.isClosing()).isTrue();
        socket.drain();
        assertThat(timestamps(end.envelopes())).doesNotContain(99L);
        assertThat(end.closeCode()).isEqualTo(CloseReason.POLICY.code());
    }

    @Test
    void shouldAllowAPeerMoreThanAUser() {
        connect(ScriptedPort.SERVER_B);
        stuck();

        fill(ScriptedPort.USER_QUEUE_BYTES_MAX + 500);

        assertThat(port.slowReaders()).isEmpty();
    }

    @Test
    void shouldDropTheConnectionOfOneWhoDoesNotEvenReadTheClose() {
        connect(ScriptedPort.ALICE);
        stuck();
        fill(ScriptedPort.USER_QUEUE_BYTES_MAX + 500);

        boolean openAtFirst = end.server().isOpen();
        end.advance(Duration.ofSeconds(5));

        assertThat(openAtFirst).isTrue();
        assertThat(end.server().isOpen()).isFalse();
        assertThat(inbox.isClosed()).isTrue();
        assertThat(port.registry().all()).isEmpty();
    }

    @Test
    void shouldReplayAtThePaceOfTheReader() {
        connect(ScriptedPort.ALICE);
        StuckSocket socket = stuck();

        link.replay(envelopes(1, 2_000, 40));
        long queued = link.queuedBytes();
        socket.drain();

        assertThat(queued).isLessThan(ScriptedPort.USER_QUEUE_BYTES_MAX);
        assertThat(port.slowReaders()).isEmpty();
        assertThat(timestamps(end.envelopes()))
                .isEqualTo(IntStream.rangeClosed(1, 40).mapToObj(Long::valueOf).toList());
    }

    @Test
    void shouldLetAMessageOvertakeAReplay() {
        connect(ScriptedPort.ALICE);
        StuckSocket socket = stuck();
        link.replay(envelopes(1, 2_000, 3));

        link.write(envelope(99, 200), Priority.CONTROL);
        socket.drain();

        assertThat(timestamps(end.envelopes())).containsExactly(1L, 99L, 2L, 3L);
    }

    @Test
    void shouldNotLetNewsOvertakeTheOlderNewsOfAReplay() {
        connect(ScriptedPort.ALICE);
        StuckSocket socket = stuck();
        link.replay(envelopes(1, 2_000, 3));

        link.writeInTurn(envelope(98, 200), Priority.CONTROL);
        link.writeInTurn(envelope(99, 200), Priority.CONTROL);
        socket.drain();
        link.writeInTurn(envelope(100, 200), Priority.CONTROL);

        assertThat(timestamps(end.envelopes())).containsExactly(1L, 2L, 3L, 98L, 99L, 100L);
    }

    @Test
    void shouldCountNewsBehindAReplayAgainstTheBound() {
        connect(ScriptedPort.ALICE);
        stuck();
        link.replay(envelopes(1, 2_000, 3));

        for (int i = 0; i < 5; i++) {
            link.writeInTurn(envelope(i, 2_000), Priority.CONTROL);
        }

        assertThat(port.slowReaders()).containsExactly(ScriptedPort.ALICE);
    }

    @Test
    void shouldReleaseWhatIsWrittenToALinkThatIsGone() {
        connect(ScriptedPort.ALICE);
        stuck();
        link.replay(envelopes(1, 2_000, 3));
        link.writeInTurn(envelope(4, 200), Priority.CONTROL);
        end.vanish();

        ByteBuf late = envelope(5, 200);
        ByteBuf lateInTurn = envelope(6, 200);
        List<ByteBuf> lateReplay = envelopes(7, 200, 2);
        link.write(late, Priority.CONTROL);
        link.writeInTurn(lateInTurn, Priority.CONTROL);
        link.replay(lateReplay);

        assertThat(late.refCnt()).isZero();
        assertThat(lateInTurn.refCnt()).isZero();
        assertThat(lateReplay).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
    }

    @Test
    void shouldNotReadMoreForAFloodOfPingsWhileReadingIsPaused() {
        connect(ScriptedPort.ALICE);
        end.send(frames(MAX));
        StuckSocket socket = StuckSocket.on(end.server());

        end.send(new PingWebSocketFrame(), new PongWebSocketFrame(), new PingWebSocketFrame());

        assertThat(end.server().config().isAutoRead()).isFalse();
        assertThat(socket.reads()).isZero();
    }

    @Test
    void shouldNotPileUpPongsForOneWhoDoesNotReadThem() {
        connect(ScriptedPort.SERVER_B);
        stuck();
        link.write(envelope(1, 2_000), Priority.CONTROL);
        long before = link.queuedBytes();

        for (int i = 0; i < 100; i++) {
            end.send(
                    new PingWebSocketFrame(PooledByteBufAllocator.DEFAULT.buffer().writeZero(100)));
        }

        assertThat(link.queuedBytes()).isEqualTo(before);
    }

    private void connect(LinkIdentity identity) {
        end = port.connect().upgrade();
        inbox = port.inbox();
        link = inbox.link();
        link.identify(identity);
        end.server().config().setWriteBufferWaterMark(WATER_MARK);
    }

    private StuckSocket stuck() {
        return StuckSocket.on(end.server());
    }

    private void fill(long bytes) {
        for (long written = 0; written < bytes; written += 500) {
            link.write(envelope(written, 400), Priority.CONTROL);
        }
    }

    private static List<ByteBuf> envelopes(int firstTs, int bytes, int count) {
        return IntStream.range(firstTs, firstTs + count)
                .mapToObj(ts -> envelope(ts, bytes))
                .toList();
    }

    /** An envelope of about this length. */
    private static ByteBuf envelope(long ts, int bytes) {
        String text = frame(ts, "x".repeat(Math.max(0, bytes - 80)));
        return PooledByteBufAllocator.DEFAULT
                .directBuffer(text.length())
                .writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static WebSocketFrame[] frames(int count) {
        return IntStream.range(0, count)
                .mapToObj(ts -> new TextWebSocketFrame(frame(ts, "")))
                .toArray(WebSocketFrame[]::new);
    }

    private static String frame(long ts, String padding) {
        return "{\"type\":\"X\",\"from\":\"\",\"to\":\"\",\"ts\":"
                + ts
                + ",\"payload\":{\"p\":\""
                + padding
                + "\"}}";
    }

    private static List<Long> timestamps(List<Envelope> envelopes) {
        return envelopes.stream().map(Envelope::ts).toList();
    }
}
