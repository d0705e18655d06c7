package io.socp.relay.message;

import io.socp.relay.identity.ServerId;
import java.util.List;

/** Membership and keys of the public channel (SOCP §9.3, §15). */
public sealed interface ChannelMessage extends SocpMessage {

    /** One member and the channel key wrapped for that member. */
    record Wrap(String member, String wrappedKey) {}

    /** PUBLIC_CHANNEL_ADD: these users are members now, if the channel stood at this version. */
    record PublicChannelAdd(ServerId server, List<String> members, long ifVersion)
            implements ChannelMessage {
        public PublicChannelAdd {
            members = List.copyOf(members);
        }

        @Override
        public MessageType type() {
            return MessageType.PUBLIC_CHANNEL_ADD;
        }
    }

    /** PUBLIC_CHANNEL_UPDATED: the channel stands at this version; wraps that changed. */
    record PublicChannelUpdated(ServerId server, long version, List<Wrap> wraps)
            implements ChannelMessage {
        public PublicChannelUpdated {
            wraps = List.copyOf(wraps);
        }

        @Override
        public MessageType type() {
            return MessageType.PUBLIC_CHANNEL_UPDATED;
        }
    }

    /**
     * PUBLIC_CHANNEL_KEY_SHARE: the channel key wrapped for members by its creator.
     *
     * @param from the envelope's {@code from}: a server or the creator
     */
    record PublicChannelKeyShare(
            String from, List<Wrap> shares, String creatorPub, String contentSig)
            implements ChannelMessage {
        public PublicChannelKeyShare {
            shares = List.copyOf(shares);
        }

        @Override
        public MessageType type() {
            return MessageType.PUBLIC_CHANNEL_KEY_SHARE;
        }
    }
}
