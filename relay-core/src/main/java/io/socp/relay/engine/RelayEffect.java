package io.socp.relay.engine;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.dialect.FrameVersions;
import io.socp.relay.identity.HostPort;
import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.mesh.ContactId;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.sign.OutboundFrame;
import io.socp.relay.verify.LinkIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engine wants done. Immutable. Effects of one event are carried out in order. */
@Immutable
public sealed interface RelayEffect {

    /** Write a frame to each of these links. */
    record Send(List<LinkId> links, OutboundFrame frame) implements RelayEffect {
        public Send {
            links = List.copyOf(links);
        }

        Send(LinkId link, OutboundFrame frame) {
            this(List.of(link), frame);
        }
    }

    /**
     * Write a user's frame to the link of another.
     *
     * @param complaint what its author is told where the link is gone by now; null for nothing
     */
    record HandOver(LinkId link, OutboundFrame frame, @Nullable Complaint complaint)
            implements RelayEffect {}

    /**
     * Bring a user's frame to each of these servers, on the link that is up or on the next one.
     *
     * @param ts when its author says it was written, Unix ms; it is worth nothing once that is long
     *     ago
     * @param complaint what the author is told where it cannot be brought; null for what is meant
     *     for all
     */
    record Convey(
            List<ServerId> servers, OutboundFrame frame, long ts, @Nullable Complaint complaint)
            implements RelayEffect {
        public Convey {
            servers = List.copyOf(servers);
        }
    }

    /** Write an ERROR to a link, as far as the link's budget for errors goes. */
    record SendError(LinkId link, OutboundFrame frame) implements RelayEffect {}

    /** Write many frames to one link, at the pace it reads. */
    record Replay(LinkId link, List<OutboundFrame> frames) implements RelayEffect {
        public Replay {
            frames = List.copyOf(frames);
        }
    }

    /** Write a frame to every local user of the audience, but not to {@code except}. */
    record SendToUsers(Audience audience, LinkId except, FrameVersions frame)
            implements RelayEffect {}

    /** The link's other end is known now. */
    record Identify(LinkId link, LinkIdentity identity) implements RelayEffect {}

    /** Close a link after what is queued for it is written. */
    record Close(LinkId link, CloseReason reason, String text) implements RelayEffect {}

    /** Close a link behind all that its other end has said by then. */
    record Part(LinkId link, CloseReason reason, String text) implements RelayEffect {}

    /**
     * Open a connection.
     *
     * @param expected the key that a TLS handshake must prove; null where none is known yet
     */
    record Dial(ContactId contact, HostPort address, @Nullable RsaPublicKey expected)
            implements RelayEffect {}

    /** Start anew under another id: ours is taken on this mesh. */
    record Rename(ServerId id) implements RelayEffect {}

    /** Tell the control plane. */
    record Post(RelayEvent event) implements RelayEffect {}

    /** Tell the operator. */
    record Report(Notice notice) implements RelayEffect {}

    /** Which local users a frame is for. */
    enum Audience {
        /** All of them. */
        EVERYONE,
        /** Those who are told of everybody's coming and going. */
        PRESENCE_FEED
    }
}
