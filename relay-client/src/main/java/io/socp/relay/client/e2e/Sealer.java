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
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.Wrap;
import io.socp.relay.message.SealedText;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.ContentSignature;
import java.util.List;

/**
 * The author's side of a message: encrypts it, signs its content, signs its payload. Thread-safe:
 * holds the author's key and nothing that changes.
 *
 * <p>Content signatures have the layout the reader takes; to everyone, that of the standard as most
 * read it: ciphertext text, from, ts, one after the other (SOCP §6). Each signature costs about a
 * millisecond.
 */
@ThreadSafe
public final class Sealer {

    /** What one RSA-OAEP block holds; the standard has no form for more (SOCP §3). */
    public static final int DIRECT_BYTES_MAX = Oaep.PLAINTEXT_BYTES_MAX;

    /** Our own bound on a direct text, in one hybrid message or in several plain ones. */
    public static final int LONG_TEXT_BYTES_MAX = 64 * 1024;

    /** Our own bound on a public message; its frame stays below the frame limit. */
    public static final int PUBLIC_BYTES_MAX = 64 * 1024;

    /** Above this the plain copy of a public text is left out: escaped, it could fill the frame. */
    private static final int PLAIN_COPY_CHARS_MAX = 16 * 1024;

    private final UserId author;
    private final Signer signer;
    private final RsaPublicKey publicKey;

    public Sealer(UserId author, IdentityKey key) {
        this.author = author;
        this.signer = key.signer();
        this.publicKey = key.publicKey();
    }

    /**
     * Seals {@code text} for one user in one block.
     *
     * @throws IllegalArgumentException when the text exceeds {@link #DIRECT_BYTES_MAX}
     */
    public SealedText direct(String text, UserId to, RsaPublicKey recipientKey, long ts) {
        return direct(text, Addressee.stranger(to, recipientKey), ts);
    }

    /**
     * Seals {@code text} in one block, or else in the hybrid form where the reader has announced
     * it.
     *
     * @throws IllegalArgumentException when the text exceeds {@link #DIRECT_BYTES_MAX}, or {@link
     *     #LONG_TEXT_BYTES_MAX} where the form is hybrid
     */
    public SealedText direct(String text, Addressee to, long ts) {
        byte[] plain = bounded(text, to.isHybrid() ? LONG_TEXT_BYTES_MAX : DIRECT_BYTES_MAX);
        String ciphertext =
                Base64Url.encode(
                        plain.length > DIRECT_BYTES_MAX
                                ? HybridText.seal(to.key(), plain)
                                : Oaep.encrypt(to.key(), plain));
        return sealed(ciphertext, to, ts);
    }

    /** Seals what is said about a file. */
    public SealedText receipt(FileReceipt receipt, Addressee to, long ts) {
        return sealed(Base64Url.encode(SealedReceipt.seal(receipt, to.key())), to, ts);
    }

    private SealedText sealed(String ciphertext, Addressee to, long ts) {
        byte[] signed = to.layout().directBytes(ciphertext, author, to.user(), ts);
        // Others read keys in the container of their own key only.
        String senderPub = publicKey.text(to.key().container());
        return new SealedText(ciphertext, senderPub, sign(signed));
    }

    /**
     * The payload of a message to everyone: the text in base64url where the standard puts a
     * ciphertext, and beside it in plain for clients that read only {@code text}.
     *
     * @throws IllegalArgumentException when the text exceeds {@link #PUBLIC_BYTES_MAX}
     */
    public Payload publicPayload(String text, long ts) {
        String ciphertext = Base64Url.encode(bounded(text, PUBLIC_BYTES_MAX));
        JsonObject.Builder fields = publicFields(ciphertext, ts);
        if (text.length() <= PLAIN_COPY_CHARS_MAX) {
            fields.put("text", text);
        }
        return Payload.of(fields.build());
    }

    /**
     * The payload of a message to those who have the key: no copy in plain.
     *
     * @throws IllegalArgumentException when the text exceeds {@link #PUBLIC_BYTES_MAX}
     */
    public Payload publicPayload(String text, ChannelKey key, long ts) {
        byte[] _ = bounded(text, PUBLIC_BYTES_MAX);
        return Payload.of(publicFields(key.seal(text, author), ts).build());
    }

    private JsonObject.Builder publicFields(String ciphertext, long ts) {
        return JsonObject.builder()
                .put("ciphertext", ciphertext)
                .put("sender_pub", publicKey.text())
                .put("content_sig", sign(ContentSignature.publicText(ciphertext, author, ts)));
    }

    /** A KEY_SHARE of this author: who gets the channel key, and the author's name to it. */
    public PublicChannelKeyShare keyShare(ChannelKey key, List<Addressee> members) {
        List<Wrap> shares =
                members.stream()
                        .map(to -> new Wrap(to.user().value(), key.wrappedFor(to.key())))
                        .toList();
        String creator = publicKey.text();
        String contentSig = sign(KeyShares.signedBytes(shares, creator));
        return new PublicChannelKeyShare(author.value(), shares, creator, contentSig);
    }

    /** The transport signature over a payload (SOCP §6). */
    public String transportSig(Payload payload) {
        return sign(payload.canonical());
    }

    private String sign(byte[] bytes) {
        return Base64Url.encode(signer.sign(bytes));
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
