package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.IdRule;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.ChatMessage.ServerDeliver;
import io.socp.relay.message.MeshMessage.Greeting;
import io.socp.relay.message.MeshMessage.ServerHelloLink;
import io.socp.relay.message.MeshMessage.ServerWelcome;
import io.socp.relay.ownership.Immutable;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the server at the other end of a link reads: the form of keys and its manner. Immutable.
 *
 * @param keys the only container many servers can read, which is the one they write
 */
@Immutable
public record PeerDialect(KeyContainer keys, Manner manner) {

    /** The standard to the letter; keys as base64url of DER. */
    public static final PeerDialect STANDARD =
            new PeerDialect(KeyContainer.DER_BASE64URL, Manner.STANDARD);

    /**
     * aniketrattan's server drops what goes beyond 64 frames of one sender in 2 s; below that by
     * what the way may bunch.
     */
    static final int LINK_SIGNED_FRAMES_PER_SECOND = 25;

    /** What our own relays read. */
    public static final PeerDialect OWN = new PeerDialect(KeyContainer.DER_BASE64URL, Manner.OWN);

    /** Habits of servers that exist, by what can be seen of them. */
    public enum Manner {
        /** One of our own relays: it has announced our extensions. */
        OWN,
        /** The standard's fields are enough, and a user's frame keeps the user's signature. */
        STANDARD,
        /**
         * Keys as base64url of PEM (fengyuan213's server): reads nothing else, wants a signature on
         * every frame and public messages addressed to {@code public} or {@code *}.
         */
        PUBLIC_ADDRESSED,
        /**
         * An id that starts with {@code server_} (Troublesome12's server): believes only what comes
         * from such an id, users' public messages and files included.
         */
        SERVER_PREFIXED,
        /**
         * Keys in {@code server_pub}, users in a snapshot (aniketrattan's server): believes only
         * what the server at the other end of its link has signed.
         */
        LINK_SIGNED,
        /**
         * JOIN to a URL, a word on the introducer in the welcome (samlovat's server): verifies
         * signatures over text without escapes alone.
         */
        RAW_SIGNED,
        /**
         * SERVER_HELLO_LINK first (mjzero0's server): never reads the sockets it dials, and wants
         * to be dialled.
         */
        ONE_WAY
    }

    /** Recognises a server by its greeting. */
    public static PeerDialect of(Envelope envelope, Greeting greeting) {
        RsaPublicKey key = greeting.key();
        Manner manner = manner(greeting.server(), key, greeting.extensions());
        if (manner == Manner.STANDARD && greeting instanceof ServerHelloLink) {
            manner = Manner.ONE_WAY;
        }
        if (manner == Manner.STANDARD && envelope.to().contains("://")) {
            manner = Manner.RAW_SIGNED;
        }
        return new PeerDialect(
                key.container(), marked(manner, envelope, "ws_uri", Manner.LINK_SIGNED));
    }

    /**
     * Recognises a server by its welcome.
     *
     * @param key as it wrote it, or as it is pinned
     */
    public static PeerDialect of(Envelope envelope, ServerWelcome welcome, RsaPublicKey key) {
        Manner manner = manner(welcome.server(), key, welcome.extensions());
        manner = marked(manner, envelope, "snapshot", Manner.LINK_SIGNED);
        manner = marked(manner, envelope, "introducer", Manner.RAW_SIGNED);
        return new PeerDialect(key.container(), manner);
    }

    /** What is known of a server that has only signed something. */
    public static PeerDialect of(ServerId server, RsaPublicKey key) {
        return new PeerDialect(key.container(), manner(server, key, null));
    }

    /**
     * Whether what the server's signature covers has told this: what a greeting is called, and to
     * whom it is addressed, is anyone's word.
     */
    public boolean isSignedFor() {
        return switch (manner) {
            case OWN, PUBLIC_ADDRESSED, SERVER_PREFIXED, LINK_SIGNED -> true;
            case STANDARD, RAW_SIGNED, ONE_WAY -> false;
        };
    }

    /** Whether one of our own relays reads this. */
    public boolean isOwn() {
        return manner == Manner.OWN;
    }

    /**
     * Whether the server reads a SERVER_DELIVER as another server has made it: ours do; those that
     * keep to the standard do if the author's time is where the standard puts it.
     */
    public boolean reads(Envelope made, ServerDeliver deliver) {
        return switch (manner) {
            case OWN -> true;
            case STANDARD -> made.ts() == deliver.ts();
            case PUBLIC_ADDRESSED, SERVER_PREFIXED, LINK_SIGNED, RAW_SIGNED, ONE_WAY -> false;
        };
    }

    /** How many frames a second the server takes on a link; empty where it names no bound. */
    public OptionalInt framesPerSecondMax() {
        return manner == Manner.LINK_SIGNED
                ? OptionalInt.of(LINK_SIGNED_FRAMES_PER_SECOND)
                : OptionalInt.empty();
    }

    /** Whether the state of the public channel says something to the server; else it objects. */
    public boolean readsChannelState() {
        return manner != Manner.LINK_SIGNED;
    }

    /** Whether the channel's members, with their keys, are the only roster the server gives. */
    public boolean namesMembers() {
        return manner == Manner.PUBLIC_ADDRESSED;
    }

    /** Whether the server tells its users' keys to those who ask, and not in its presence. */
    public boolean keepsRegister() {
        return manner == Manner.SERVER_PREFIXED || manner == Manner.LINK_SIGNED;
    }

    /**
     * Whether the server forgets our key when one of several links to us closes, and must be
     * greeted anew on those that are left.
     */
    public boolean forgetsUsWithAnyLink() {
        return manner == Manner.SERVER_PREFIXED;
    }

    private static Manner marked(Manner manner, Envelope envelope, String mark, Manner by) {
        boolean isMarked = envelope.payload().members().get(mark) != null;
        return manner == Manner.STANDARD && isMarked ? by : manner;
    }

    private static Manner manner(
            ServerId server, RsaPublicKey key, @Nullable JsonObject extensions) {
        if (extensions != null) {
            return Manner.OWN;
        }
        if (IdRule.hasServerPrefix(server.value())) {
            return Manner.SERVER_PREFIXED;
        }
        return key.container() == KeyContainer.PEM_BASE64URL
                ? Manner.PUBLIC_ADDRESSED
                : Manner.STANDARD;
    }
}
