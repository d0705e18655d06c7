package io.socp.relay.verify;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureCheck;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.ChatMessage.Authored;
import io.socp.relay.message.ChatMessage.FilePart;
import io.socp.relay.message.ChatMessage.MsgDirect;
import io.socp.relay.message.ChatMessage.MsgPublicChannel;
import io.socp.relay.message.SealedText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The byte layouts a {@code content_sig} is made over. The standard says {@code SHA256(ciphertext
 * || from || to || ts)} and leaves the bytes open (SOCP §12); six readings are in use, and all of
 * them verify. We write the first.
 */
public enum ContentSignature {
    /** The fields' text, one after the other: the literal reading, and what we write. */
    CONCATENATED_TEXT("A"),
    /** The same with the ciphertext decoded to bytes. */
    CONCATENATED_BYTES("B"),
    /** The SHA-256 digest of {@link #CONCATENATED_BYTES}, hashed once more by PSS. */
    DIGEST_OF_BYTES("C"),
    /** A canonical JSON object of the fields. */
    JSON("D"),
    /** The SHA-256 digest of {@link #JSON}. */
    DIGEST_OF_JSON("E"),
    /** The fields' text with literal pipes between. */
    PIPED("F");

    private static final ContentSignature[] LAYOUTS = values();

    private final String letter;

    ContentSignature(String letter) {
        this.letter = letter;
    }

    /** Whether {@code message} carries a content signature of {@code key} in any layout. */
    static boolean holds(SignatureCheck verifier, RsaPublicKey key, Authored message) {
        return switch (message) {
            case MsgDirect direct ->
                    holdsDirect(
                            verifier,
                            key,
                            direct.sealed(),
                            direct.author(),
                            direct.recipient(),
                            direct.ts());
            case MsgPublicChannel text ->
                    holdsPublic(verifier, key, text.sealed(), text.author(), text.ts());
            // The standard defines none for files: they are proven by their transport signature.
            case FilePart _ -> false;
        };
    }

    /** Whether the direct message's {@code content_sig} holds under {@code key} in any layout. */
    public static boolean holdsDirect(
            SignatureCheck verifier,
            RsaPublicKey key,
            SealedText sealed,
            UserId from,
            UserId to,
            long ts) {
        return layoutOfDirect(verifier, key, sealed, from, to, ts).isPresent();
    }

    /** The layout in which the direct message's {@code content_sig} holds, if in any. */
    public static Optional<ContentSignature> layoutOfDirect(
            SignatureCheck verifier,
            RsaPublicKey key,
            SealedText sealed,
            UserId from,
            UserId to,
            long ts) {
        return layout(verifier, key, sealed, new Fields(sealed.ciphertext(), from, to.value(), ts));
    }

    /** Whether the public message's {@code content_sig} holds under {@code key} in any layout. */
    public static boolean holdsPublic(
            SignatureCheck verifier, RsaPublicKey key, SealedText sealed, UserId from, long ts) {
        return layout(verifier, key, sealed, new Fields(sealed.ciphertext(), from, "", ts))
                        .isPresent()
                || holdsPlain(verifier, key, sealed, from, ts);
    }

    /** Public text in {@code text} is signed with its channel by some: canonical JSON of both. */
    private static boolean holdsPlain(
            SignatureCheck verifier, RsaPublicKey key, SealedText sealed, UserId from, long ts) {
        byte[] signed =
                Payload.of(
                                JsonObject.builder()
                                        .put("channel", "public")
                                        .put("text", sealed.ciphertext())
                                        .put("from", from.value())
                                        .put("ts", ts)
                                        .build())
                        .canonical();
        try {
            return verifier.verifies(key, signed, Base64Url.decode(sealed.contentSig()));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** The layout with this letter of {@code docs/protocol.md} §5, from A on. */
    public static Optional<ContentSignature> lettered(String letter) {
        return Stream.of(LAYOUTS).filter(layout -> layout.letter().equals(letter)).findFirst();
    }

    /** The letter that names this layout in an advertisement's hint. */
    public String letter() {
        return letter;
    }

    /**
     * The bytes to sign for a direct message in this layout; {@link IllegalArgumentException} when
     * it needs the ciphertext's bytes and the text is no base64url.
     */
    public byte[] directBytes(String ciphertext, UserId from, UserId to, long ts) {
        return bytes(new Fields(ciphertext, from, to.value(), ts));
    }

    /** The bytes we sign for a direct message, unless the reader wants another layout. */
    public static byte[] directText(String ciphertext, UserId from, UserId to, long ts) {
        return CONCATENATED_TEXT.directBytes(ciphertext, from, to, ts);
    }

    /** The bytes we sign for a public message: as for a direct one, without a recipient. */
    public static byte[] publicText(String ciphertext, UserId from, long ts) {
        return CONCATENATED_TEXT.bytes(new Fields(ciphertext, from, "", ts));
    }

    /** What is signed; {@code to} is empty for a public message. */
    private record Fields(String ciphertext, UserId from, String to, long ts) {

        byte[] decodedCiphertext() {
            return Base64Url.decode(ciphertext);
        }
    }

    private static Optional<ContentSignature> layout(
            SignatureCheck verifier, RsaPublicKey key, SealedText sealed, Fields fields) {
        byte[] signature;
        try {
            signature = Base64Url.decode(sealed.contentSig());
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        // Who writes in one layout keeps to it: mostly the first try is the only one.
        ContentSignature usual = LAYOUTS[key.reading()];
        if (usual.matches(verifier, key, fields, signature)) {
            return Optional.of(usual);
        }
        Optional<ContentSignature> other =
                Stream.of(LAYOUTS)
                        .filter(layout -> layout != usual)
                        .filter(layout -> layout.matches(verifier, key, fields, signature))
                        .findFirst();
        other.ifPresent(layout -> key.rememberReading(List.of(LAYOUTS).indexOf(layout)));
        return other;
    }

    private boolean matches(
            SignatureCheck verifier, RsaPublicKey key, Fields fields, byte[] signature) {
        try {
            return verifier.verifies(key, bytes(fields), signature);
        } catch (IllegalArgumentException ciphertextIsNotBase64) {
            return false;
        }
    }

    private byte[] bytes(Fields f) {
        return switch (this) {
            case CONCATENATED_TEXT -> utf8(f.ciphertext + f.from + f.to + f.ts);
            case CONCATENATED_BYTES -> concatenated(f);
            case DIGEST_OF_BYTES -> sha256(concatenated(f));
            case JSON -> json(f);
            case DIGEST_OF_JSON -> sha256(json(f));
            case PIPED ->
                    utf8(
                            f.to.isEmpty()
                                    ? f.ciphertext + "|" + f.from + "|" + f.ts
                                    : f.ciphertext + "|" + f.from + "|" + f.to + "|" + f.ts);
        };
    }

    private static byte[] concatenated(Fields f) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(f.decodedCiphertext());
        bytes.writeBytes(utf8(f.from + f.to + f.ts));
        return bytes.toByteArray();
    }

    private static byte[] json(Fields f) {
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("ciphertext", f.ciphertext)
                        .put("from", f.from.value())
                        .put("ts", f.ts);
        if (!f.to.isEmpty()) {
            fields.put("to", f.to);
        }
        return Payload.of(fields.build()).canonical();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
