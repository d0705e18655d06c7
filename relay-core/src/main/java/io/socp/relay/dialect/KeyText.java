package io.socp.relay.dialect;

import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.KeyReading;
import io.socp.relay.crypto.RsaPublicKey;

/** A key as it stands in a message, for readers of another container. Pure. */
final class KeyText {

    private KeyText() {}

    /** The key in this container; unchanged when it is in it already, or is no key. */
    static String in(KeyContainer keys, String keyText) {
        if (keyText.isEmpty() || looksLike(keyText) == keys) {
            return keyText;
        }
        return switch (RsaPublicKey.read(keyText)) {
            case KeyReading.Valid(RsaPublicKey key) ->
                    key.container() == keys ? keyText : key.text(keys);
            // Not for us to judge: no relay needs it.
            case KeyReading.Invalid _ -> keyText;
        };
    }

    /** Whether the text may be a key as base64url of PEM. */
    static boolean isPem(String keyText) {
        return looksLike(keyText) == KeyContainer.PEM_BASE64URL;
    }

    /** The container by its first characters: reading the key costs far more. */
    private static KeyContainer looksLike(String keyText) {
        if (keyText.startsWith("-----BEGIN")) {
            return KeyContainer.PEM_TEXT;
        }
        return keyText.startsWith("LS0tLS1CRUdJTi")
                ? KeyContainer.PEM_BASE64URL
                : KeyContainer.DER_BASE64URL;
    }
}
