package io.socp.relay.daemon.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.daemon.testing.StuckSocket;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.sign.Priority;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames shared by all links of a loop, beside what is written to one. */
@ExtendWith(LeakCheck.class)
class BroadcastTest {

    /** What a frame with nothing in it is long. */
    private static final int BARE = frame(10, "").length();

    private ScriptedPort port = new ScriptedPort();
    private FarEnd end;
    private Link link;

    @AfterEach
    void finish() {
        port.finish();
    }

    /** At each boundary of the three forms of a frame's length. */
    @ParameterizedTest
    @ValueSource(ints = {125, 126, 65_535, 65_536})
    void shouldFrameAnyLength(int bytes) {
        connect();
        String text = frame(10, "x".repeat(bytes - BARE));

        share(text);

        List<Envelope> got = end.envelopes();
        assertThat(got).hasSize(1);
        assertThat(new String(got.getFirst().bytes(), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void shouldWriteWhatComesInOneTurnAsFewBuffers() {
        connect();
        List<Integer> written = countWrites();

        LongStream.range(0, 16).forEach(this::share);

        assertThat(timestamps()).isEqualTo(LongStream.range(0, 16).boxed().toList());
        assertThat(written).hasSizeLessThan(6);
    }

    @Test
    void shouldKeepTheOrderWithWhatIsWrittenToTheLinkAlone() {
        connect();

        link.write(envelope(1), Priority.DIRECT);
        share(2);
        share(3);
        link.write(envelope(4), Priority.DIRECT);
        share(5);
        end.server().runPendingTasks();
        share(6);

        assertThat(timestamps()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void shouldSkipOneLinkAndGoOnWithTheNextFrame() {
        connect();
        share(1);
        port.registry().onEachLoop(users -> users.share(bytes(frame(2, ""))));
        share(3);

        assertThat(timestamps()).containsExactly(1L, 3L);
    }

    @Test
    void shouldSayGoodbyeBehindWhatWasShared() {
        connect();
        share(1);

        link.close(CloseReason.NORMAL, "bye");
        share(2);

        assertThat(timestamps()).containsExactly(1L);
        assertThat(end.closeCode()).isEqualTo(CloseReason.NORMAL.code());
    }

    @Test
    void shouldLetGoOfWhatWasSharedWithALinkThatIsGone() {
        connect();
        share(1);
        ByteBuf alone = envelope(2);
        link.write(alone, Priority.DIRECT);
        share(3);

        end.vanish();

        // The leak check says the rest.
        assertThat(alone.refCnt()).isZero();
    }

    @Test
    void shouldHoldBackAndThenWriteInOrderForOneWhoDoesNotRead() {
        connect();
        StuckSocket socket = stuck();

        LongStream.range(0, 9).forEach(this::share);
        end.server().runPendingTasks();
        LongStream.range(9, 12).forEach(this::share);
        socket.drain();

        assertThat(timestamps()).isEqualTo(LongStream.range(0, 12).boxed().toList());
        assertThat(port.slowReaders()).isEmpty();
    }

    @Test
    void shouldCutOneForWhomTooMuchIsShared() {
        connect();
        stuck();

        fill(ScriptedPort.USER_QUEUE_BYTES_MAX + 1_000);

        assertThat(port.slowReaders()).containsExactly(ScriptedPort.ALICE);
        assertThat(link.isClosing()).isTrue();
        assertThat(port.publicDropped()).isZero();
    }

    @Test
    void shouldDropNothingAtTheBound() {
        port = ScriptedPort.droppingOldest();
        connect();
        stuck();

        fill(ScriptedPort.USER_QUEUE_BYTES_MAX - 2_000);

        assertThat(port.publicDropped()).isZero();
        assertThat(link.isClosing()).isFalse();
    }

    @Test
    void shouldDropTheOldestBeyondTheBoundWhereThatIsWanted() {
        port = ScriptedPort.droppingOldest();
        connect();
        StuckSocket socket = stuck();

        int shared = fill(3 * ScriptedPort.USER_QUEUE_BYTES_MAX);
        link.write(envelope(1_000), Priority.DIRECT);
        long queued = link.queuedBytes();
        socket.drain();

        List<Long> got = timestamps();
        assertThat(queued).isLessThanOrEqualTo(ScriptedPort.USER_QUEUE_BYTES_MAX);
        assertThat(port.slowReaders()).isEmpty();
        assertThat(port.publicDropped()).isPositive();
        assertThat(got).contains(shared - 1L, 1_000L).hasSize(shared - port.publicDropped() + 1);
    }

    @Test
    void shouldCutOneForWhomTooMuchElseWaitsEvenSo() {
        port = ScriptedPort.droppingOldest();
        connect();
        stuck();

        for (int ts = 0; !link.isClosing() && ts < 1_000; ts++) {
            link.write(Unpooled.copiedBuffer(bytes(padded(ts))), Priority.DIRECT);
        }

        assertThat(port.slowReaders()).containsExactly(ScriptedPort.ALICE);
    }

    private void connect() {
        end = port.connect().upgrade();
        link = port.inbox().link();
        port.registry().addUser(link);
        link.identify(ScriptedPort.ALICE);
    }

    private StuckSocket stuck() {
        end.server().config().setWriteBufferWaterMark(new WriteBufferWaterMark(500, 1_000));
        return StuckSocket.on(end.server());
    }

    private List<Integer> countWrites() {
        List<Integer> written = new ArrayList<>();
        end.server()
                .pipeline()
                .addFirst(
                        new ChannelOutboundHandlerAdapter() {
                            @Override
                            public void write(
                                    ChannelHandlerContext ctx,
                                    Object message,
                                    ChannelPromise promise) {
                                written.add(((ByteBuf) message).readableBytes());
                                var _ = ctx.write(message, promise);
                            }
                        });
        return written;
    }

    private void share(long ts) {
        share(frame(ts, ""));
    }

    private void share(String text) {
        port.registry()
                .onEachLoop(users -> {
                    SharedFrame frame = users.share(bytes(text));
                    users.all().forEach(each -> users.write(each, frame, Priority.PUBLIC));
                });
    }

    /** Shares so many bytes in frames of about 400, one a turn. */
    private int fill(long bytes) {
        int count = (int) (bytes / 400);
        IntStream.range(0, count)
                .forEach(ts -> {
                    share(padded(ts));
                    end.server().runPendingTasks();
                });
        return count;
    }

    private List<Long> timestamps() {
        return end.envelopes().stream().map(Envelope::ts).toList();
    }

    private static ByteBuf envelope(long ts) {
        return Unpooled.copiedBuffer(bytes(frame(ts, "")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String padded(long ts) {
        return frame(ts, "x".repeat(300));
    }

    private static String frame(long ts, String padding) {
        return "{\"type\":\"X\",\"from\":\"\",\"to\":\"\",\"ts\":"
                + ts
                + ",\"payload\":{\"p\":\""
                + padding
                + "\"}}";
    }
}
