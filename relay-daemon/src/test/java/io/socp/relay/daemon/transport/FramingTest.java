package io.socp.relay.daemon.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.socp.relay.daemon.testing.FarEnd;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.daemon.testing.OperatorLog;
import io.socp.relay.daemon.testing.ScriptedInbox;
import io.socp.relay.daemon.testing.ScriptedPort;
import io.socp.relay.daemon.testing.StuckSocket;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.envelope.DecodeFailure;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.wire.HandlerNames;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class FramingTest {

    private static final int LIMIT = ScriptedPort.MESSAGE_BYTES_MAX;
    private static final int CEILING = 4 * LIMIT;

    private final OperatorLog log = new OperatorLog();
    private final ScriptedPort port = new ScriptedPort();
    private FarEnd end;
    private ScriptedInbox inbox;

    @BeforeEach
    void connect() {
        end = port.connect().upgrade();
        inbox = port.inbox();
        inbox.link().identify(ScriptedPort.ALICE);
    }

    @AfterEach
    void finish() {
        port.finish();
        log.close();
        assertThat(log.lines())
                .as("what others do is no bug of ours")
                .noneMatch(line -> line.startsWith("ERROR"));
    }

    @Test
    void shouldTakeAMessageAtTheLimit() {
        end.send(message(LIMIT));

        assertThat(inbox.frames()).singleElement().isInstanceOf(Decoded.class);
    }

    @Test
    void shouldNameTheLimitWhenAMessageIsOneByteOverIt() {
        end.send(message(LIMIT + 1));

        assertThat(inbox.frames())
                .containsExactly(new DecodeFailure.LimitExceeded("frame bytes", LIMIT));
        assertThat(end.server().isOpen()).isTrue();
    }

    @Test
    void shouldReadAMessageAtTheCeilingOnlyToRefuseIt() {
        end.send("x".repeat(CEILING));

        assertThat(inbox.frames()).singleElement().isInstanceOf(DecodeFailure.LimitExceeded.class);
        assertThat(end.server().isOpen()).isTrue();
    }

    @Test
    void shouldCloseWhenAFrameIsOverTheCeiling() {
        end.send("x".repeat(CEILING + 1));

        assertThat(end.closeCode()).isEqualTo(CloseReason.TOO_BIG.code());
        assertThat(inbox.frames()).isEmpty();
        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldCloseWhenContinuedFramesTogetherAreOverTheCeiling() {
        end.send(new TextWebSocketFrame(false, 0, "x".repeat(CEILING)));
        end.send(new ContinuationWebSocketFrame(true, 0, "x"));

        assertThat(end.closeCode()).isEqualTo(CloseReason.TOO_BIG.code());
        assertThat(inbox.frames()).isEmpty();
        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldJoinContinuationFrames() {
        String whole = message(LIMIT);
        end.send(new TextWebSocketFrame(false, 0, whole.substring(0, 10)));
        end.send(new ContinuationWebSocketFrame(false, 0, whole.substring(10, 700)));
        end.send(new PingWebSocketFrame());

        end.send(new ContinuationWebSocketFrame(true, 0, whole.substring(700)));

        assertThat(inbox.frames()).singleElement().isInstanceOf(Decoded.class);
    }

    @Test
    void shouldReleaseAMessageThatIsNeverFinished() {
        end.send(new TextWebSocketFrame(false, 0, "{\"type\":"));

        end.vanish();

        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldTakeABinaryFrameForAnError() {
        end.send(new BinaryWebSocketFrame(Unpooled.copiedBuffer(new byte[] {1, 2, 3})));

        assertThat(inbox.frames()).singleElement().isInstanceOf(DecodeFailure.NotJson.class);
    }

    @Test
    void shouldAnswerAPingWithItsContent() {
        end.send(new PingWebSocketFrame(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII)));

        PongWebSocketFrame pong = end.control(PongWebSocketFrame.class);

        assertThat(pong.content().toString(StandardCharsets.US_ASCII)).isEqualTo("abc");
        assertThat(inbox.frames()).isEmpty();
    }

    @Test
    void shouldPassOnAGoodbyeBehindTheFramesBeforeIt() {
        end.send(new TextWebSocketFrame(message(LIMIT)), new CloseWebSocketFrame(1000, "bye"));

        assertThat(inbox.frames()).hasSize(1);
        assertThat(inbox.hasFarewell()).isTrue();
        assertThat(end.server().isOpen()).isTrue();
    }

    @Test
    void shouldCloseOnAFrameWithoutMask() {
        end.sendBytes(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, 1, 'x'}));

        assertThat(end.closeCode()).isEqualTo(1002);
        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldIgnoreWhatComesAfterOurClose() {
        StuckSocket.on(end.server());
        inbox.link().close(CloseReason.NORMAL, "bye");

        end.send(message(LIMIT));

        assertThat(end.server().isOpen()).isTrue();
        assertThat(inbox.frames()).isEmpty();
    }

    @Test
    void shouldCloseWhenAHandlerFails() {
        end.server()
                .pipeline()
                .addAfter(
                        HandlerNames.CONTROL_FRAMES,
                        "bug",
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                ((TextWebSocketFrame) message).release();
                                throw new IllegalStateException("a bug on purpose");
                            }
                        });

        log.close();
        end.send(message(LIMIT));

        assertThat(end.server().isOpen()).isFalse();
        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldCutALongCloseTextWhateverItsCharacters() {
        inbox.link().close(CloseReason.POLICY, "\u20ac".repeat(200));

        CloseWebSocketFrame close = end.control(CloseWebSocketFrame.class);

        assertThat(close.statusCode()).isEqualTo(CloseReason.POLICY.code());
        assertThat(close.reasonText()).startsWith("\u20ac");
        assertThat(close.content().readableBytes()).isLessThanOrEqualTo(125);
    }

    @Test
    void shouldPingASilentLinkAndCloseItWhenThereIsNoAnswer() {
        silence();
        PingWebSocketFrame ping = end.control(PingWebSocketFrame.class);
        boolean openAfterThePing = end.server().isOpen();

        silence();

        assertThat(ping).isNotNull();
        assertThat(openAfterThePing).isTrue();
        assertThat(end.closeCode()).isEqualTo(CloseReason.GOING_AWAY.code());
        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldKeepALinkThatSaysNothingButAnswersPings() {
        for (int i = 0; i < 5; i++) {
            silence();
            assertThat(end.control(PingWebSocketFrame.class)).isNotNull();
            end.send(new PongWebSocketFrame());
        }

        boolean open = end.server().isOpen();

        assertThat(open).isTrue();
        assertThat(inbox.frames()).isEmpty();
    }

    @Test
    void shouldNotPingALinkThatPingsUs() {
        for (int i = 0; i < 5; i++) {
            end.advance(ScriptedPort.SILENCE_MAX.minusSeconds(1));
            end.send(new PingWebSocketFrame());
        }

        PingWebSocketFrame ping = end.control(PingWebSocketFrame.class);

        assertThat(ping).isNull();
    }

    /** As long as it may take until it is noticed. */
    private void silence() {
        end.advance(
                ScriptedPort.SILENCE_MAX.plus(
                        ScriptedPort.SILENCE_MAX.dividedBy(SilenceWheel.LOOKS)));
    }

    /** A valid envelope of exactly this length. */
    private static String message(int bytes) {
        String start = "{\"type\":\"X\",\"from\":\"\",\"to\":\"\",\"ts\":1,\"payload\":{\"p\":\"";
        String end = "\"}}";
        return start + "x".repeat(bytes - start.length() - end.length()) + end;
    }
}
