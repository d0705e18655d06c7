package io.socp.relay.engine;

import io.socp.relay.dedup.Admitted;
import io.socp.relay.engine.RelayEffect.Send;
import io.socp.relay.group.PublicChannel;
import io.socp.relay.group.PublicChannel.Growth;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.UserId;
import io.socp.relay.limit.GrowingPause;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChannelMessage.PublicChannelAdd;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.PublicChannelUpdated;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.time.Moment;
import java.time.Duration;
import java.util.List;

/**
 * Announces who joined the public channel, and keeps its version (SOCP §9.3). Event-loop confined
 * to the mesh loop.
 *
 * <p>Our frames carry no wraps: members share keys among themselves, and a frame must not grow with
 * the number of users.
 *
 * <p>Who comes when it is quiet is announced with the next tick. While more keep coming they are
 * gathered for ever longer, since each announcement costs two signatures here and two verifications
 * on every other server.
 */
@EventLoopConfined
final class ChannelKeeper {

    /** Those who come within so long of an announcement wait for its end. */
    static final Duration PAUSE_FIRST = Duration.ofMillis(100);

    /** As long as newcomers may wait, however many come. */
    static final Duration PAUSE_MAX = Duration.ofSeconds(1);

    private final Self self;
    private final Gossip gossip;
    private final PublicChannel channel = new PublicChannel();
    private final GrowingPause pause;

    ChannelKeeper(Self self, Gossip gossip, long nowNs) {
        this.self = self;
        this.gossip = gossip;
        this.pause = new GrowingPause(PAUSE_FIRST, PAUSE_MAX, nowNs);
    }

    /** One of our users is here; announced with a tick soon. */
    void join(UserId user) {
        channel.join(user);
    }

    /** Announces those who joined, unless others were announced a moment ago. */
    void onTick(Moment now, EffectSink sink) {
        boolean isQuiet = pause.isOver(now.ns());
        if (!isQuiet && !channel.fillsFrame()) {
            return;
        }
        if (isQuiet) {
            pause.begin(now.ns(), channel.hasJoined());
        }
        while (channel.hasJoined()) {
            Growth growth = channel.grow();
            List<String> members = growth.added().stream().map(UserId::value).toList();
            spread(new PublicChannelAdd(self.id(), members, growth.ifVersion()), now, sink);
            spread(new PublicChannelUpdated(self.id(), growth.version(), List.of()), now, sink);
        }
    }

    /** A peer's word on the channel. */
    void onChannel(ChannelMessage message, Admitted admitted, EffectSink sink) {
        OutboundFrame frame = OutboundFrame.asReceived(admitted.envelope());
        switch (message) {
            case PublicChannelAdd _ -> gossip.tellUsers(frame, sink);
            case PublicChannelUpdated updated -> {
                if (channel.merge(updated.version())) {
                    gossip.tellUsers(frame, sink);
                }
            }
            case PublicChannelKeyShare _ ->
                    throw new IllegalStateException("key shares are routed, not kept");
        }
    }

    /** Tells whoever is new on this link how the channel stands. */
    void introduce(LinkId link, Moment now, EffectSink sink) {
        if (channel.version() > 0) {
            var state = new PublicChannelUpdated(self.id(), channel.version(), List.of());
            sink.emit(new Send(link, self.toAll(state, now.epochMs())));
        }
    }

    private void spread(ChannelMessage message, Moment now, EffectSink sink) {
        OutboundFrame frame = self.toAll(message, now.epochMs());
        gossip.tellPeers(frame, sink);
        gossip.tellUsers(frame, sink);
    }
}
