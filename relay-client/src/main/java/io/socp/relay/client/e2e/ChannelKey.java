package io.socp.relay.client.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.Oaep;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.Immutable;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The key under which one user's public messages are encrypted for those who are here: 8 bytes of
 * name and 32 of AES-256. Immutable.
 *
 * <p>A message is two marker bytes, the key's name, a nonce, and the text under AES-256-GCM, bound
 * to its author. The first marker byte never occurs in UTF-8: a plain public text, which is UTF-8
 * in base64url, is never taken for an encrypted one, nor the other way round.
 */
@Immutable
public final class ChannelKey {

    private static final byte[] MARKER = {(byte) 0xc1, 0x02};
    private static final int NAME_BYTES = 8;
    private static final int HEAD_BYTES = MARKER.length + NAME_BYTES + AesGcm.NONCE_BYTES;

    private final byte[] secret;

    private ChannelKey(byte[] secret) {
        this.secret = secret;
    }

    public static ChannelKey random() {
        return new ChannelKey(AesGcm.random(NAME_BYTES + AesGcm.KEY_BYTES));
    }

    /** The share's {@code wrapped_public_channel_key}: base64url of one OAEP block. */
    public String wrappedFor(RsaPublicKey member) {
        return Base64Url.encode(Oaep.encrypt(member, secret));
    }

    /** Reads a {@code wrapped_public_channel_key}. */
    public static ChannelKey unwrap(String wrapped, IdentityKey member)
            throws GeneralSecurityException {
        return new ChannelKey(HybridKeys.unwrap(member, wrapped, NAME_BYTES + AesGcm.KEY_BYTES));
    }

    /** Tells keys of one author apart. */
    public String name() {
        return Base64Url.encode(Arrays.copyOf(secret, NAME_BYTES));
    }

    /** The name of the key a ciphertext is under; null for one that is not of this form. */
    public static @Nullable String nameIn(String ciphertext) {
        byte[] bytes;
        try {
            bytes = Base64Url.decode(ciphertext);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
        boolean isOne =
                bytes.length >= HEAD_BYTES + AesGcm.TAG_BYTES
                        && Arrays.equals(bytes, 0, MARKER.length, MARKER, 0, MARKER.length);
        return isOne
                ? Base64Url.encode(
                        Arrays.copyOfRange(bytes, MARKER.length, MARKER.length + NAME_BYTES))
                : null;
    }

    /** The ciphertext of a public text. */
    public String seal(String text, UserId author) {
        byte[] nonce = AesGcm.random(AesGcm.NONCE_BYTES);
        byte[] sealed = AesGcm.seal(key(), nonce, bound(author), text.getBytes(UTF_8));
        return Base64Url.encode(
                ByteBuffer.allocate(HEAD_BYTES + sealed.length)
                        .put(MARKER)
                        .put(secret, 0, NAME_BYTES)
                        .put(nonce)
                        .put(sealed)
                        .array());
    }

    /** Reads a ciphertext that {@link #nameIn} recognises. */
    public Opening open(String ciphertext, UserId author) {
        ByteBuffer parts =
                ByteBuffer.wrap(Base64Url.decode(ciphertext)).position(MARKER.length + NAME_BYTES);
        byte[] nonce = new byte[AesGcm.NONCE_BYTES];
        parts.get(nonce);
        byte[] sealed = new byte[parts.remaining()];
        parts.get(sealed);
        try {
            String text = Texts.strict(AesGcm.open(key(), nonce, bound(author), sealed));
            return text == null
                    ? new Opening.Unreadable("its plain text is not UTF-8")
                    : new Opening.Text(text, true);
        } catch (GeneralSecurityException changed) {
            return new Opening.Unreadable("it does not fit the key it names");
        }
    }

    private byte[] key() {
        return Arrays.copyOfRange(secret, NAME_BYTES, secret.length);
    }

    private static byte[] bound(UserId author) {
        return author.value().getBytes(UTF_8);
    }
}
