package io.socp.relay.message;

import io.socp.relay.envelope.Envelope;
import io.socp.relay.ownership.Immutable;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a message is called by those who look for it: the first 8 bytes of its author's {@code
 * content_sig}, or of {@code sig} where there is none, as 16 hex digits. Immutable.
 *
 * <p>The author's signature is on the message in each of its forms, from MSG_DIRECT to
 * USER_DELIVER, and no two are alike, since PSS is randomised. It proves nothing: whoever copies a
 * signature copies the reference.
 *
 * @param bits never {@link #NONE}
 */
@Immutable
public record MessageReference(long bits) {

    /** Of a message that has no signature, or one that is not base64. */
    public static final long NONE = 0;

    private static final int DIGITS = 16;
    private static final int BITS_PER_CHARACTER = 6;

    /** Characters that hold 8 bytes: 66 bits, of which the last two do not count. */
    private static final int CHARACTERS = 11;

    private static final int SPARE_BITS = 2;

    public MessageReference {
        if (bits == NONE) {
            throw new IllegalArgumentException("no reference");
        }
    }

    /** The bits of the message's reference, or {@link #NONE}; allocates nothing. */
    public static long bitsOf(SocpMessage message, Envelope envelope) {
        return switch (message) {
            case ChatMessage chat -> bitsOf(chat, envelope);
            case MeshMessage _,
                    PresenceMessage _,
                    PresenceBatch _,
                    SessionMessage _,
                    ChannelMessage _,
                    QueryMessage _,
                    NoticeMessage _ ->
                    NONE;
        };
    }

    private static long bitsOf(ChatMessage message, Envelope envelope) {
        return switch (message) {
            case ChatMessage.ServerDeliver deliver -> bitsOf(deliver.sealed().contentSig());
            case ChatMessage.UserDeliver deliver -> bitsOf(deliver.sealed().contentSig());
            case ChatMessage.Authored authored -> {
                String signature = authored.contentSig();
                yield bitsOf(signature.isEmpty() ? envelope.sig() : signature);
            }
        };
    }

    /** The same of a signature's text, in either alphabet of base64. */
    public static long bitsOf(String signature) {
        if (signature.length() < CHARACTERS) {
            return NONE;
        }
        long bits = 0;
        for (int i = 0; i < CHARACTERS; i++) {
            int value = valueOf(signature.charAt(i));
            if (value < 0) {
                return NONE;
            }
            bits =
                    i == CHARACTERS - 1
                            ? bits << (BITS_PER_CHARACTER - SPARE_BITS) | value >> SPARE_BITS
                            : bits << BITS_PER_CHARACTER | value;
        }
        return bits;
    }

    private static int valueOf(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        if (c == '+' || c == '-') {
            return 62;
        }
        return c == '/' || c == '_' ? 63 : -1;
    }

    /** The reference of a message signed so; empty where none can be told. */
    public static Optional<MessageReference> of(String signature) {
        long bits = bitsOf(signature);
        return bits == NONE ? Optional.empty() : Optional.of(new MessageReference(bits));
    }

    /** Reads what {@link #toString} has written. */
    public static Optional<MessageReference> parse(String text) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return Optional.empty();
        }
        long bits = HexFormat.fromHexDigitsToLong(text);
        return bits == NONE ? Optional.empty() : Optional.of(new MessageReference(bits));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(bits);
    }
}
