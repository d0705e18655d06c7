package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.Immutable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PRESENCE_BATCH, our extension between our own relays: who has come to a server and who has left
 * it, under one signature of that server. Immutable.
 *
 * <p>Everything in it is signed, the times too. {@code removed} counts before {@code added}: who
 * stands in both has left and come back.
 *
 * @param origin the server named in the envelope's {@code from}: whose key must have signed
 * @param server the users' home, which must be the same
 * @param ts of the batch, Unix ms; no entry is younger
 * @param told servers that hear of this from the home itself, so nobody need pass it on to them
 */
@Immutable
public record PresenceBatch(
        ServerId origin,
        ServerId server,
        long ts,
        List<Added> added,
        List<Removed> removed,
        List<ServerId> told)
        implements SocpMessage {

    /** Entries in one that we write, both lists together; one is 0.9 to 2 KB. */
    public static final int ENTRIES_MAX = 100;

    /**
     * Entries in one that is read. A user takes two members of a frame at least, so this is more
     * than any frame names, in whatever form: what bounds it is the frame.
     */
    public static final int ENTRIES_READ_MAX = EnvelopeLimits.DEFAULT.membersMax() / 2;

    /** Servers in {@code told}. */
    public static final int TOLD_MAX = 256;

    /** A user who is there: what a USER_ADVERTISE says. */
    public record Added(UserId user, long ts, @Nullable RsaPublicKey key, JsonObject meta) {}

    /** A user who has left. */
    public record Removed(UserId user, long ts) {}

    public PresenceBatch {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        told = List.copyOf(told);
    }

    @Override
    public MessageType type() {
        return MessageType.PRESENCE_BATCH;
    }
}
