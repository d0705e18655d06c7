package io.socp.relay.client.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Oaep;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.Signer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.SealedText;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.ContentSignature;

/**
 * The author's side of a message: encrypts it, signs its content, signs its payload. Thread-safe:
 * holds the author's key and nothing that changes.
 *
 * <p>Content signatures have the layout of the standard as most read it: ciphertext text, from, to,
 * ts, one after the other (SOCP §6). Each signature costs about a millisecond.
 */
@ThreadSafe
public final class Sealer {

    /** What one RSA-OAEP block holds; the standard has no form for more (SOCP §3). */
    public static final int DIRECT_BYTES_MAX = Oaep.PLAINTEXT_BYTES_MAX;

    /** Our own bound on a public message; its frame stays below the frame limit. */
    public static final int PUBLIC_BYTES_MAX = 64 * 1024;

    /** Above this the plain copy of a public text is left out: escaped, it could fill the frame. */
    private static final int PLAIN_COPY_CHARS_MAX = 16 * 1024;

    private final UserId author;
    private final Signer signer;
    private final String publicKeyText;

    public Sealer(UserId author, IdentityKey key) {
        this.author = author;
        this.signer = key.signer();
        this.publicKeyText = key.publicKey().text();
    }

    /** Length as the limits count it. */
    public static int utf8Bytes(String text) {
        return text.getBytes(UTF_8).length;
    }

    /**
     * Seals {@code text} for one user.
     *
     * @throws IllegalArgumentException when the text exceeds {@link #DIRECT_BYTES_MAX}
     */
    public SealedText direct(String text, UserId to, RsaPublicKey recipientKey, long ts) {
        byte[] plain = bounded(text, DIRECT_BYTES_MAX);
        String ciphertext = Base64Url.encode(Oaep.encrypt(recipientKey, plain));
        byte[] signed = ContentSignature.directText(ciphertext, author, to, ts);
        return new SealedText(ciphertext, publicKeyText, Base64Url.encode(signer.sign(signed)));
    }

    /**
     * The payload of a message to everyone: the text in base64url where the standard puts a
     * ciphertext, and beside it in plain for clients that read only {@code text}.
     *
     * @throws IllegalArgumentException when the text exceeds {@link #PUBLIC_BYTES_MAX}
     */
    public Payload publicPayload(String text, long ts) {
        String ciphertext = Base64Url.encode(bounded(text, PUBLIC_BYTES_MAX));
        byte[] signed = ContentSignature.publicText(ciphertext, author, ts);
        JsonObject.Builder fields =
                JsonObject.builder()
                        .put("ciphertext", ciphertext)
                        .put("sender_pub", publicKeyText)
                        .put("content_sig", Base64Url.encode(signer.sign(signed)));
        if (text.length() <= PLAIN_COPY_CHARS_MAX) {
            fields.put("text", text);
        }
        return Payload.of(fields.build());
    }

    /** The transport signature over a payload (SOCP §6). */
    public String transportSig(Payload payload) {
        return Base64Url.encode(signer.sign(payload.canonical()));
    }

    private static byte[] bounded(String text, int bytesMax) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length > bytesMax) {
            throw new IllegalArgumentException(
                    bytes.length + " bytes of text, at most " + bytesMax);
        }
        return bytes;
    }
}
