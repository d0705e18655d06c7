package io.socp.relay.daemon.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.identity.LinkId;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.message.MeshMessage.Heartbeat;
import io.socp.relay.message.PresenceMessage.UserRemove;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** For whom frames are signed before they are written. */
class ProvenLinkCourierTest {

    private static final long TS = 1_700_000_000_000L;

    private final LinkRegistry links = new LinkRegistry();
    private int signatures;
    private final Courier courier =
            new Courier(
                    links,
                    new LinkDialects(),
                    new PeerOutboxes(
                            SpoolBounds.standard(Duration.ofMinutes(2)),
                            _ -> null,
                            new VirtualClock(),
                            (_, _) -> {},
                            _ -> {}),
                    new FrameSigner(_ -> {
                        signatures++;
                        return new byte[512];
                    }),
                    _ -> {},
                    _ -> {},
                    _ -> {});
    private final LinkId plain = link(FrameProof.SIGNATURE);
    private final LinkId proven = link(FrameProof.LINK);

    @Test
    void shouldNotSignForProvenLink() {
        courier.prepare(List.of(new RelayEffect.Send(List.of(proven), beat())));

        assertThat(signatures).isZero();
    }

    @Test
    void shouldSignOnceWherePlainLinksReadItToo() {
        courier.prepare(List.of(new RelayEffect.Send(List.of(proven, plain, proven), beat())));

        assertThat(signatures).isEqualTo(1);
    }

    @Test
    void shouldSignWhatGoesFurtherForProvenLinkToo() {
        UserRemove news = new UserRemove(Actors.A.id(), Actors.ALICE.id(), Actors.A.id(), TS);

        courier.prepare(List.of(new RelayEffect.Send(List.of(proven), ours(news))));

        assertThat(signatures).isEqualTo(1);
    }

    @Test
    void shouldNotSignForLinkThatIsGone() {
        courier.prepare(List.of(new RelayEffect.Send(List.of(new LinkId(99)), beat())));

        assertThat(signatures).isZero();
    }

    @Test
    void shouldBeReadyWhereNothingIsLeftToSign() {
        OutboundFrame signed = beat();
        courier.prepare(List.of(new RelayEffect.Send(List.of(plain), signed)));

        assertThat(courier.isReady(List.of())).isTrue();
        assertThat(courier.isReady(List.of(new RelayEffect.Send(List.of(proven), beat()))))
                .isTrue();
        assertThat(courier.isReady(List.of(new RelayEffect.Send(List.of(plain), signed)))).isTrue();
        assertThat(signatures).isEqualTo(1);
    }

    @Test
    void shouldNotBeReadyWhereOneReaderWantsASignature() {
        UserRemove news = new UserRemove(Actors.A.id(), Actors.ALICE.id(), Actors.A.id(), TS);
        var toBoth = new RelayEffect.Send(List.of(proven, plain), beat());
        var further = new RelayEffect.Send(List.of(proven), ours(news));

        assertThat(courier.isReady(List.of(toBoth))).isFalse();
        assertThat(courier.isReady(List.of(further))).isFalse();
        assertThat(signatures).isZero();
    }

    private static OutboundFrame beat() {
        return ours(new Heartbeat(Actors.A.id()));
    }

    private static OutboundFrame ours(SocpMessage message) {
        return OutboundFrame.ofOurs(message, Actors.A.id().value(), "*", TS);
    }

    private LinkId link(FrameProof frames) {
        Link link =
                new Link(
                        links.nextId(),
                        new EmbeddedChannel(),
                        new LinkIdentity.Server(Actors.B.id(), Actors.B.key(), frames),
                        new LinkBounds(1_000, 1_000, _ -> {}),
                        new RateLimiter(1, Duration.ofSeconds(1), 0));
        links.add(link);
        return link.id();
    }
}
