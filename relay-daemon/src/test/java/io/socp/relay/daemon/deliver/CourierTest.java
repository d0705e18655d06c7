package io.socp.relay.daemon.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.daemon.link.LinkBounds;
import io.socp.relay.daemon.link.LinkRegistry;
import io.socp.relay.daemon.testing.LeakCheck;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.dialect.LinkDialects;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.engine.RelayEffect;
import io.socp.relay.engine.RelayEffect.Audience;
import io.socp.relay.engine.RelayEvent;
import io.socp.relay.identity.LinkId;
import io.socp.relay.limit.RateLimiter;
import io.socp.relay.sign.FrameSigner;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.testing.Actors;
import io.socp.relay.testing.Envelopes;
import io.socp.relay.testing.TestKeys;
import io.socp.relay.testing.VirtualClock;
import io.socp.relay.verify.LinkIdentity;
import io.socp.relay.verify.LinkIdentity.PresenceFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Frames for links and loops that are gone by now. */
@ExtendWith(LeakCheck.class)
class CourierTest {

    private static final LinkId NOBODY = new LinkId(99);

    private final LinkRegistry links = new LinkRegistry();
    private final List<RelayEvent> told = new ArrayList<>();
    private final Courier courier =
            new Courier(
                    links,
                    new LinkDialects(),
                    new PeerOutboxes(
                            SpoolBounds.standard(Duration.ofMinutes(2)),
                            _ -> null,
                            new VirtualClock(),
                            (_, _) -> {},
                            told::add),
                    new FrameSigner(TestKeys.SERVER_A.signer()::sign),
                    _ -> {},
                    told::add,
                    _ -> {});
    private final OutboundFrame frame =
            OutboundFrame.asReceived(Envelopes.msgPublic(Actors.ALICE).build());

    @Test
    void shouldReleaseTheCopiesForLinksThatAreGone() {
        RelayEffect.Send toNobody =
                new RelayEffect.Send(List.of(new LinkId(1), new LinkId(2), NOBODY), frame);

        courier.carryOut(List.of(toNobody));

        // The leak check says the rest.
        assertThat(links.all()).isEmpty();
    }

    @Test
    void shouldReleaseTheCopiesForALoopThatHasStoppedAndGoOn() throws InterruptedException {
        Link first = linkOnAStoppedLoop();
        Link second = linkOnAStoppedLoop();
        List<LinkId> both = List.of(first.id(), second.id());

        courier.carryOut(
                List.of(
                        new RelayEffect.Send(both, frame),
                        new RelayEffect.Send(List.of(first.id()), frame),
                        new RelayEffect.SendToUsers(
                                Audience.EVERYONE, NOBODY, FrameVersions.uniform(frame)),
                        new RelayEffect.Replay(first.id(), List.of(frame)),
                        new RelayEffect.Close(first.id(), CloseReason.NORMAL, "bye"),
                        new RelayEffect.Post(new RelayEvent.Tick())));

        assertThat(told).containsExactly(new RelayEvent.Tick());
    }

    /** A user's link whose loop takes no more tasks, as at the end of a shutdown. */
    private Link linkOnAStoppedLoop() throws InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        LocalChannel channel = new LocalChannel();
        loops.register(channel).sync();
        Link link =
                new Link(
                        links.nextId(),
                        channel,
                        new LinkIdentity.User(
                                Actors.BOB.id(), Actors.BOB.key(), PresenceFeed.PUSHED),
                        new LinkBounds(1_000, 1_000, _ -> {}),
                        new RateLimiter(1, Duration.ofSeconds(1), 0));
        links.add(link);
        links.addUser(link);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        return link;
    }
}
