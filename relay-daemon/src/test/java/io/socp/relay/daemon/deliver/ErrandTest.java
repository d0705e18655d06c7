package io.socp.relay.daemon.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEffect.Close;
import io.socp.relay.engine.RelayEffect.Replay;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.engine.RelayEffect.SendToUsers;
import io.socp.relay.identity.LinkId;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrandTest {

    private static final LinkId LINK = new LinkId(1);
    private static final FrameSigner SIGNER = new FrameSigner(_ -> new byte[512]);

    private final OutboundFrame one = unsigned();
    private final OutboundFrame other = unsigned();

    @Test
    void shouldKeepTogetherWhatWritesTheSameFrame() {
        List<RelayEffect> effects = List.of(send(one), toUsers(one));

        assertThat(Errand.of(effects)).containsExactly(new Errand(effects));
    }

    @Test
    void shouldSignDifferentFramesSideBySide() {
        List<RelayEffect> effects = List.of(send(one), send(other));

        assertThat(Errand.of(effects))
                .containsExactly(new Errand(List.of(send(one))), new Errand(List.of(send(other))));
    }

    @Test
    void shouldTakeAlongWhatCostsNothing() {
        other.bytes(SIGNER);
        RelayEffect close = new Close(LINK, CloseReason.NORMAL, "");
        List<RelayEffect> effects = List.of(close, send(one), send(other), close);

        assertThat(Errand.of(effects)).containsExactly(new Errand(effects));
    }

    @Test
    void shouldKeepLongReplayApartFromWhatFollows() {
        RelayEffect replay =
                new Replay(LINK, Stream.generate(ErrandTest::unsigned).limit(3).toList());
        List<RelayEffect> effects = List.of(replay, send(one), toUsers(one));

        assertThat(Errand.of(effects))
                .containsExactly(
                        new Errand(List.of(replay)), new Errand(List.of(send(one), toUsers(one))));
    }

    @Test
    void shouldKeepTheOrderAndLoseNothing() {
        List<RelayEffect> effects =
                List.of(send(one), send(other), toUsers(one), send(other), toUsers(other));

        assertThat(Errand.of(effects).stream().flatMap(e -> e.effects().stream()))
                .containsExactlyElementsOf(effects);
        assertThat(Errand.of(List.of())).isEmpty();
    }

    private static Send send(OutboundFrame frame) {
        return new Send(List.of(LINK), frame);
    }

    private static SendToUsers toUsers(OutboundFrame frame) {
        return new SendToUsers(Audience.EVERYONE, LINK, FrameVersions.uniform(frame));
    }

    private static OutboundFrame unsigned() {
        return OutboundFrame.ofOurs(
                new Heartbeat(Actors.A.id()), Actors.A.id().value(), "*", 1_700_000_000_000L);
    }
}
