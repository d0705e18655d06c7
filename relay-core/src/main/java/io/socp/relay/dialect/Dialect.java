package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.ownership.Immutable;

/**
 * How to write for a user's client. Immutable.
 *
 * @param keys the container of the client's own key: the only one it may be able to read
 * @param manner which fields it looks for beyond the standard's
 */
@Immutable
public record Dialect(KeyContainer keys, Manner manner) {

    /** The standard to the letter; keys as base64url of DER. */
    public static final Dialect STANDARD = new Dialect(KeyContainer.DER_BASE64URL, Manner.STANDARD);

    /** Habits of clients that exist, by what can be seen of them. */
    public enum Manner {
        /** The standard's fields are enough. */
        STANDARD,
        /** Has announced our extensions; reads the standard's frames as they are. */
        OWN,
        /**
         * Keys as PEM text, hello {@code to} nobody (WillLehmann04's client): reads sender,
         * recipient and time of a message inside the payload, and public text in {@code text}.
         */
        PAYLOAD_ADDRESSED,
        /**
         * Keys as base64url of PEM, unsigned hello (fengyuan213's client): takes public messages
         * addressed to {@code public} only.
         */
        PUBLIC_ADDRESSED,
        /**
         * Hello {@code to} a {@code server_*} (Troublesome12's client): shows author, text and time
         * of public messages from the payload, and a file's {@code sender} from its manifest.
         */
        SERVER_PREFIXED,
        /**
         * Signs in by a challenge (mjzero0's client): waits for AUTH_OK, knows others by {@code
         * meta.username} alone, and stops at a message without {@code public}.
         */
        CHALLENGED,
        /**
         * Comes as {@code Guest} (rhk08's client): takes its id from the answer, and reads base64
         * with padding only.
         */
        NAMELESS
    }

    /** Recognises a client by its hello. */
    public static Dialect of(Envelope hello, UserHello message) {
        KeyContainer keys = message.key().container();
        return new Dialect(keys, message.extensions() == null ? manner(hello, keys) : Manner.OWN);
    }

    private static Manner manner(Envelope hello, KeyContainer keys) {
        if (hello.type().equals(UserReader.CHALLENGE_ANSWER)) {
            return Manner.CHALLENGED;
        }
        if (UserReader.isNameless(hello)) {
            return Manner.NAMELESS;
        }
        if (hello.to().startsWith("server_")) {
            return Manner.SERVER_PREFIXED;
        }
        return switch (keys) {
            case PEM_TEXT -> Manner.PAYLOAD_ADDRESSED;
            case PEM_BASE64URL -> Manner.PUBLIC_ADDRESSED;
            case DER_BASE64URL -> Manner.STANDARD;
        };
    }

    /** The key as the client reads it. */
    public String text(RsaPublicKey key) {
        return padded(key.text(keys));
    }

    /** The base64 text as the client reads it. */
    String padded(String base64) {
        return manner == Manner.NAMELESS ? base64 + "=".repeat(-base64.length() & 3) : base64;
    }

    /** Whether the client knows users by {@code meta.username} and by nothing else. */
    public boolean needsUsernames() {
        return manner == Manner.CHALLENGED;
    }

    /** Whether what the standard writes, with keys in DER, is understood as it is. */
    public boolean readsStandard() {
        return keys == KeyContainer.DER_BASE64URL
                && (manner == Manner.STANDARD || manner == Manner.OWN);
    }
}
