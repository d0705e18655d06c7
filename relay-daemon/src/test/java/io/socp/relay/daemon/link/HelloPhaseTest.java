package io.socp.relay.daemon.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
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
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Decoding;
import io.socp.relay.identity.LinkId;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.wire.HandlerNames;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class HelloPhaseTest {

    private final ScriptedPort port = new ScriptedPort();
    private FarEnd end;
    private ScriptedInbox inbox;

    @BeforeEach
    void connect() {
        end = port.connect().upgrade();
        inbox = port.inbox();
    }

    @AfterEach
    void finish() {
        port.finish();
    }

    @Test
    void shouldGiveWayToTheLinkHandlerWhenTheOtherEndIsKnown() {
        end.send(frame(1));
        inbox.leavePending();

        inbox.link().identify(ScriptedPort.ALICE);

        assertThat(end.server().pipeline().names())
                .contains(HandlerNames.LINK)
                .doesNotContain(HandlerNames.HELLO, HandlerNames.HTTP_CODEC);
        assertThat(end.server().config().isAutoRead()).isTrue();
    }

    @Test
    void shouldStayForAnIntroducerWhoseWelcomeIsDue() {
        inbox.link().identify(new LinkIdentity.Introducer(null));

        assertThat(end.server().pipeline().names()).contains(HandlerNames.HELLO);
    }

    @Test
    void shouldPauseReadingWhileTheFirstFrameIsDecidedOn() {
        end.send(frame(1));

        boolean autoRead = end.server().config().isAutoRead();

        assertThat(autoRead).isFalse();
    }

    @Test
    void shouldReadOnWhenTheFirstFrameChangedNothing() {
        end.send(frame(1));

        inbox.finish(1);

        assertThat(end.server().config().isAutoRead()).isTrue();
        assertThat(end.server().pipeline().names()).contains(HandlerNames.HELLO);
    }

    @Test
    void shouldHoldFramesBehindTheHelloAndDeliverThemInOrder() {
        end.send(frame(1), frame(2), frame(3));
        inbox.leavePending();
        int before = inbox.frames().size();

        inbox.link().identify(ScriptedPort.ALICE);

        assertThat(before).isEqualTo(1);
        assertThat(timestamps(inbox.frames())).containsExactly(1L, 2L, 3L);
        end.send(frame(4));
        assertThat(timestamps(inbox.frames())).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldTakeHeldFramesOneAtATimeWhileNobodyIsIntroduced() {
        end.send(frame(1), frame(2), frame(3));

        inbox.finish(1);

        assertThat(timestamps(inbox.frames())).containsExactly(1L, 2L);
        assertThat(end.server().config().isAutoRead()).isFalse();
    }

    @Test
    void shouldPauseWhenTheHeldFramesAloneReachTheBound() {
        end.send(frames(1 + ScriptedPort.IN_FLIGHT_MAX));
        inbox.leavePending();

        inbox.link().identify(ScriptedPort.ALICE);

        assertThat(inbox.frames()).hasSize(1 + ScriptedPort.IN_FLIGHT_MAX);
        assertThat(end.server().config().isAutoRead()).isFalse();
        inbox.finish(ScriptedPort.IN_FLIGHT_MAX);
        assertThat(end.server().config().isAutoRead()).isTrue();
    }

    @Test
    void shouldHoldAsManyFramesAsTheBoundAllows() {
        end.send(frames(1 + HelloHandler.HELD_FRAMES_MAX));
        inbox.leavePending();

        inbox.link().identify(ScriptedPort.ALICE);

        assertThat(end.closeCode()).isEqualTo(-1);
        assertThat(inbox.frames()).hasSize(1 + HelloHandler.HELD_FRAMES_MAX);
    }

    @Test
    void shouldCloseWhenOneMoreFrameThanTheBoundWouldBeHeld() {
        end.send(frames(2 + HelloHandler.HELD_FRAMES_MAX));

        int code = end.closeCode();

        assertThat(code).isEqualTo(CloseReason.POLICY.code());
        assertThat(inbox.frames()).hasSize(1);
        assertThat(inbox.isClosed()).isTrue();
    }

    @Test
    void shouldSayThatTheFirstFrameIsOverdue() {
        end.advance(ScriptedPort.FIRST_FRAME_TIMEOUT);

        List<String> silences = inbox.silences();

        assertThat(silences).containsExactly("no valid first frame within 10 s");
    }

    @Test
    void shouldGiveHelloInHandItsTimeAgainAsOftenAsTheBoundAllows() {
        end.send(frame(1));

        for (int i = 0; i < HelloHandler.OVERTIMES_MAX; i++) {
            end.advance(ScriptedPort.FIRST_FRAME_TIMEOUT);
        }
        List<String> within = inbox.silences();
        end.advance(ScriptedPort.FIRST_FRAME_TIMEOUT);

        assertThat(within).isEmpty();
        assertThat(inbox.silences()).hasSize(1);
    }

    @Test
    void shouldTakePingsForSignsOfLifeOnceTheOtherEndIsKnown() {
        end.send(new PingWebSocketFrame());
        int before = inbox.signsOfLife();
        end.send(frame(1));
        inbox.leavePending();
        inbox.link().identify(ScriptedPort.ALICE);

        end.send(new PingWebSocketFrame());
        end.send(new PongWebSocketFrame());

        assertThat(before).isZero();
        assertThat(inbox.signsOfLife()).isEqualTo(2);
        assertThat(end.server().isOpen()).isTrue();
    }

    @Test
    void shouldNotCallALinkOverdueOnceItIsKnown() {
        end.send(frame(1));
        inbox.leavePending();
        inbox.link().identify(ScriptedPort.ALICE);

        end.advance(ScriptedPort.FIRST_FRAME_TIMEOUT);

        assertThat(inbox.silences()).isEmpty();
    }

    @Test
    void shouldNotDecideOnAFrameAfterTheCloseThatAnEarlierOneEarned() {
        StuckSocket.on(end.server());
        end.send(frame(1), frame(2));

        inbox.link().close(CloseReason.POLICY, "NO_HELLO");
        inbox.finish(1);

        assertThat(timestamps(inbox.frames())).containsExactly(1L);
    }

    @Test
    void shouldPassOnTheGoodbyeOfOneWhoSaidNothingElse() {
        end.send(new CloseWebSocketFrame(1000, ""));

        boolean farewell = inbox.hasFarewell();

        assertThat(farewell).isTrue();
    }

    @Test
    void shouldHoldAGoodbyeBehindTheFramesHeld() {
        end.send(frame(1), frame(2), new CloseWebSocketFrame(1000, ""));
        inbox.leavePending();
        boolean whileDeciding = inbox.hasFarewell();

        inbox.link().identify(ScriptedPort.ALICE);

        assertThat(whileDeciding).isFalse();
        assertThat(timestamps(inbox.frames())).containsExactly(1L, 2L);
        assertThat(inbox.hasFarewell()).isTrue();
    }

    @Test
    void shouldPassOnTheGoodbyeBehindRefusedFrames() {
        end.send(frame(1), frame(2), new CloseWebSocketFrame(1000, ""));

        inbox.finish(1);
        boolean afterTheFirst = inbox.hasFarewell();
        inbox.finish(1);

        assertThat(afterTheFirst).isFalse();
        assertThat(inbox.hasFarewell()).isTrue();
    }

    @Test
    void shouldTellTheInboxOnceWhenTheLinkGoesDuringTheDecision() {
        end.send(frame(1), frame(2));

        end.vanish();

        assertThat(inbox.isClosed()).isTrue();
        assertThat(inbox.link().isClosing()).isTrue();
        assertThat(port.registry().all()).isEmpty();
    }

    @Test
    void shouldNotKeepAUserWhoseLinkWentBeforeTheHelloWasAnswered() {
        Link link = inbox.link();
        LinkId id = link.id();
        end.vanish();

        port.registry().addUser(link);

        assertThat(port.registry().find(id)).isNull();
        port.registry().onEachLoop(users -> assertThat(users.all()).isEmpty());
    }

    private static WebSocketFrame frame(long ts) {
        return new TextWebSocketFrame(
                "{\"type\":\"X\",\"from\":\"\",\"to\":\"\",\"ts\":" + ts + ",\"payload\":{}}");
    }

    private static WebSocketFrame[] frames(int count) {
        return IntStream.range(0, count)
                .mapToObj(HelloPhaseTest::frame)
                .toArray(WebSocketFrame[]::new);
    }

    private static List<Long> timestamps(List<Decoding> frames) {
        return frames.stream().map(f -> ((Decoded) f).envelope().ts()).toList();
    }
}
