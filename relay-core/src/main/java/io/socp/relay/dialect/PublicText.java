package io.socp.relay.dialect;

import io.socp.relay.crypto.Base64Url;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Public text as existing clients write it: base64url of UTF-8. Pure. */
final class PublicText {

    private PublicText() {}

    /** The text; empty where the ciphertext is sealed, or not encoded at all. */
    static Optional<String> readable(String ciphertext) {
        try {
            byte[] bytes = Base64Url.decode(ciphertext);
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (IllegalArgumentException | CharacterCodingException sealedOrPlain) {
            return Optional.empty();
        }
    }
}
