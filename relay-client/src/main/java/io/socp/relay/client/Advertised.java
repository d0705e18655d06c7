package io.socp.relay.client;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonNumber;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.PresenceMessage.UserAdvertise;
import io.socp.relay.ownership.Immutable;
import io.socp.relay.verify.ContentSignature;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of a user in a USER_ADVERTISE. Immutable.
 *
 * @param name the display name, null when there is none
 * @param key null where the server does not pass it on
 * @param isHybrid whether the user's client has announced our hybrid forms ({@code
 *     meta.ext.hybrid})
 * @param layout the content signature the user's client takes ({@code meta.content_sig}), null
 *     without a hint
 * @param ts when the server said it; the next session of the user has another
 */
@Immutable
record Advertised(
        ServerId server,
        @Nullable String name,
        @Nullable RsaPublicKey key,
        boolean isHybrid,
        @Nullable ContentSignature layout,
        long ts) {

    static Advertised of(UserAdvertise said) {
        JsonObject meta = said.meta();
        return new Advertised(
                said.server(),
                text(meta, "display_name"),
                said.key(),
                meta.get("ext") instanceof JsonObject ext && isHybrid(ext),
                layout(text(meta, "content_sig")),
                said.ts());
    }

    /** A key once told stays when the next word has none. */
    Advertised withKeyOf(@Nullable Advertised earlier) {
        return key == null && earlier != null
                ? new Advertised(server, name, earlier.key(), isHybrid, layout, ts)
                : this;
    }

    /** Version 1 or any later one, which includes it. */
    private static boolean isHybrid(JsonObject ext) {
        return ext.get("hybrid") instanceof JsonNumber(String version)
                && version.matches("[1-9][0-9]{0,8}");
    }

    private static @Nullable ContentSignature layout(@Nullable String letter) {
        return letter == null ? null : ContentSignature.lettered(letter).orElse(null);
    }

    private static @Nullable String text(JsonObject meta, String member) {
        return meta.get(member) instanceof JsonText(String text) && !text.isBlank() ? text : null;
    }
}
