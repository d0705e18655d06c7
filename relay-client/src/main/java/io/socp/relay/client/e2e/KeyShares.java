package io.socp.relay.client.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.JsonValue;
import io.socp.relay.envelope.JsonValue.JsonArray;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.message.ChannelMessage.PublicChannelKeyShare;
import io.socp.relay.message.ChannelMessage.Wrap;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The creator's signature on a PUBLIC_CHANNEL_KEY_SHARE: PSS over the canonical JSON of the {@code
 * shares} array and the text of {@code creator_pub} after it (SOCP §9.3, "over shares ‖
 * creator_pub", read as layout A reads its own formula).
 */
public final class KeyShares {

    private KeyShares() {}

    /**
     * Whether the share was made by the owner of {@code creator}, who also names that key in it.
     */
    public static boolean hold(
            SignatureVerifier verifier, RsaPublicKey creator, PublicChannelKeyShare share) {
        byte[] signature;
        try {
            signature = Base64Url.decode(share.contentSig());
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        return verifier.verifies(
                creator, signedBytes(share.shares(), share.creatorPub()), signature);
    }

    static byte[] signedBytes(List<Wrap> shares, String creatorPub) {
        byte[] rows = Payload.of(JsonObject.builder().put("s", array(shares)).build()).canonical();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(rows, "{\"s\":".length(), rows.length - "{\"s\":}".length());
        bytes.writeBytes(creatorPub.getBytes(UTF_8));
        return bytes.toByteArray();
    }

    private static JsonValue array(List<Wrap> shares) {
        return new JsonArray(shares.stream().map(KeyShares::row).toList());
    }

    private static JsonValue row(Wrap share) {
        return JsonObject.builder()
                .put("member", share.member())
                .put("wrapped_public_channel_key", share.wrappedKey())
                .build();
    }
}
