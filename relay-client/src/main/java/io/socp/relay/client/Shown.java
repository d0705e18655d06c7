package io.socp.relay.client;

import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Messages that were shown lately. Confined to the client's queue; outlives its connections.
 *
 * <p>An author whose relay went away sends again what it may not have dealt with, through another
 * one: to relays these are two messages, to a reader they are one. All that its author has signed
 * counts, with the signature: what somebody else makes of it is another message.
 */
final class Shown {

    /** Messages remembered; of more, the oldest is forgotten. */
    static final int MESSAGES_MAX = 8_192;

    private final Map<Key, Boolean> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
                    return size() > MESSAGES_MAX;
                }
            };

    private record Key(long high, long low) {}

    /** Whether the message comes for the first time; it is remembered then. */
    boolean isFirst(UserId author, String to, long ts, SealedText sealed) {
        return seen.putIfAbsent(key(author, to, ts, sealed), true) == null;
    }

    private static Key key(UserId author, String to, long ts, SealedText sealed) {
        MessageDigest digest = sha256();
        for (String part :
                new String[] {
                    author.value(),
                    to,
                    Long.toString(ts),
                    sealed.ciphertext(),
                    sealed.senderPub(),
                    sealed.contentSig()
                }) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new Key(hash.getLong(), hash.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
