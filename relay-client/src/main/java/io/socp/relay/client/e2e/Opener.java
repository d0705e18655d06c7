package io.socp.relay.client.e2e;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.message.SealedText;
import io.socp.relay.ownership.ThreadSafe;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of a message: decrypts what was sealed, and finds the text of a public message.
 * Thread-safe: holds the reader's key and nothing that changes. Says nothing about who wrote it.
 */
@ThreadSafe
public final class Opener {

    private final IdentityKey key;

    public Opener(IdentityKey key) {
        this.key = key;
    }

    /** Decrypts a direct message, in one block or in our hybrid form. */
    public Opening direct(SealedText sealed) {
        byte[] block;
        try {
            block = Base64Url.decode(sealed.ciphertext());
        } catch (IllegalArgumentException notBase64) {
            return new Opening.Unreadable("its ciphertext is not base64url");
        }
        String text;
        try {
            text =
                    Texts.strict(
                            HybridText.isOne(block)
                                    ? HybridText.open(key, block)
                                    : key.decrypt(block));
        } catch (GeneralSecurityException notForUs) {
            return new Opening.Unreadable("it is not encrypted under this user's key");
        }
        return text == null
                ? new Opening.Unreadable("its plain text is not UTF-8")
                : new Opening.Text(text, true);
    }

    /** Whether a direct message is no text, but a receipt. */
    public static boolean isReceipt(SealedText sealed) {
        return SealedReceipt.isOne(sealed.ciphertext());
    }

    /** Decrypts a receipt; null when it cannot be read. */
    public @Nullable FileReceipt receipt(SealedText sealed) {
        return SealedReceipt.open(sealed.ciphertext(), key);
    }

    /**
     * Reads a public message.
     *
     * <p>A plain {@code text} field wins, since clients that write one may put anything into {@code
     * ciphertext}; it counts as content-signed only when it says the same as the ciphertext.
     *
     * @param plain the payload's {@code text}, null when it has none
     */
    public static Opening publicText(SealedText sealed, @Nullable String plain) {
        String decoded = decodedText(sealed.ciphertext());
        if (plain != null) {
            boolean isSame = plain.equals(decoded) || plain.equals(sealed.ciphertext());
            return new Opening.Text(plain, isSame);
        }
        return decoded == null
                ? new Opening.Unreadable("it is encrypted in a way this client does not know")
                : new Opening.Text(decoded, true);
    }

    private static @Nullable String decodedText(String ciphertext) {
        try {
            return Texts.strict(Base64Url.decode(ciphertext));
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }
}
