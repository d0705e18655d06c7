package io.socp.relay.dedup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.identity.LinkId;
import io.socp.relay.message.ChannelMessage;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChatMessage;
import io.socp.relay.message.MeshMessage;
import io.socp.relay.message.NoticeMessage;
import io.socp.relay.message.PresenceBatch;
import io.socp.relay.message.PresenceMessage;
import io.socp.relay.message.QueryMessage;
import io.socp.relay.message.SessionMessage;
import io.socp.relay.message.SocpMessage;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.time.Ticker;
import io.socp.relay.verify.VerifiedMessage;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory of chat messages already admitted (SOCP §10, {@code seen_ids}). Thread-safe: one
 * atomic insertion decides.
 *
 * <p>Bounded in entries and in time. An entry pushed out by the size bound before its time opens a
 * gap for a replay, so such evictions are counted. Other families are idempotent where they are
 * applied (presence compares timestamps, a heartbeat only refreshes) and must pass when replayed: a
 * peer that lost its tables is sent the very same advertisements again.
 */
@ThreadSafe
public final class SeenMessages {

    /** On no link has a copy come yet. */
    private static final LinkId NO_LINK = new LinkId(0);

    /** Each message, and the link on which the last copy of it came. */
    private final Cache<MessageKey, LinkId> seen;

    private final LongAdder earlyEvictions = new LongAdder();

    /**
     * @param entriesMax the bound; should be at least peak messages per second times {@code ttl}
     * @param ttl how long a message is remembered; longer than twice the freshness window
     */
    public SeenMessages(long entriesMax, Duration ttl, Ticker ticker) {
        this.seen =
                Caffeine.newBuilder()
                        .maximumSize(entriesMax)
                        .expireAfterWrite(ttl)
                        .ticker(() -> ticker.now().ns())
                        .executor(Runnable::run)
                        .evictionListener((_, _, cause) -> {
                            if (cause == RemovalCause.SIZE) {
                                earlyEvictions.increment();
                            }
                        })
                        .build();
    }

    /**
     * Whether the frame is a copy of an admitted message. Read-only: a look before the RSA work,
     * which no unverified frame can influence.
     */
    public boolean alreadyAdmitted(Envelope envelope, SocpMessage message) {
        return isRemembered(message) && seen.getIfPresent(MessageKey.of(envelope)) != null;
    }

    /**
     * A copy of an admitted message has come on this link.
     *
     * @return whether the copy before it came there too: servers that form a ring bring one copy
     *     each, in turn
     */
    public boolean isRepeated(Envelope copy, LinkId link) {
        return link.equals(seen.asMap().replace(MessageKey.of(copy), link));
    }

    /** Admits a verified message once. */
    public Admission admit(VerifiedMessage verified) {
        if (!isRemembered(verified.message())) {
            return new Admitted(verified);
        }
        MessageKey key = MessageKey.of(verified.envelope());
        return seen.asMap().putIfAbsent(key, NO_LINK) == null
                ? new Admitted(verified)
                : new Admission.Duplicate();
    }

    /** A message that was admitted before, and has not gone its way since. */
    public Admitted admitAgain(VerifiedMessage verified) {
        return new Admitted(verified);
    }

    /** Remembers a message that we make out of another's; whether it is the first time. */
    public boolean isFirst(Envelope ours) {
        return seen.asMap().putIfAbsent(MessageKey.of(ours), NO_LINK) == null;
    }

    /** Entries held now, about. */
    public long size() {
        return seen.estimatedSize();
    }

    /** Entries that the size bound pushed out before their time, since the start. */
    public long earlyEvictions() {
        return earlyEvictions.sum();
    }

    private static boolean isRemembered(SocpMessage message) {
        return switch (message) {
            case ChatMessage _, PublicChannelKeyShare _ -> true;
            case MeshMessage _,
                    PresenceMessage _,
                    PresenceBatch _,
                    SessionMessage _,
                    ChannelMessage _,
                    NoticeMessage _,
                    QueryMessage _ ->
                    false;
        };
    }
}
