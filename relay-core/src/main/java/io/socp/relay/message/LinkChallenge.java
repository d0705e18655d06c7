package io.socp.relay.message;

import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.JsonValue.JsonText;
import io.socp.relay.ownership.Immutable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows a user on a TLS connection, and the user's hello signs in turn: so the hello
 * is worth something on this connection to this server, and nowhere else. Immutable.
 *
 * @param nonce made for the connection, 16 random bytes in base64url
 * @param server the server's identity key, {@link RsaPublicKey#digest()}
 */
@Immutable
public record LinkChallenge(String nonce, String server) {

    /** The header of the answer to the WebSocket upgrade in which the nonce stands. */
    public static final String HEADER = "Socp-Link-Nonce";

    /** The length of a nonce, in bytes. */
    public static final int NONCE_BYTES = 16;

    /** Where it stands in {@code ext} of a hello; in greetings and welcomes it is {@code true}. */
    public static final String FIELD = "link_auth";

    private static final String NONCE = "nonce";
    private static final String SERVER = "server";

    /** The challenge of the server with this key. */
    public static LinkChallenge of(String nonce, RsaPublicKey server) {
        return new LinkChallenge(nonce, server.digest());
    }

    /** Whether these extensions of a hello speak of link authentication, in whatever form. */
    public static boolean isIn(@Nullable JsonObject extensions) {
        return extensions != null && extensions.get(FIELD) != null;
    }

    /** The challenge that these extensions of a hello repeat; empty where they do not. */
    public static Optional<LinkChallenge> read(@Nullable JsonObject extensions) {
        return extensions != null
                        && extensions.get(FIELD) instanceof JsonObject said
                        && said.get(NONCE) instanceof JsonText(String nonce)
                        && said.get(SERVER) instanceof JsonText(String server)
                ? Optional.of(new LinkChallenge(nonce, server))
                : Optional.empty();
    }

    /** As a hello repeats it. */
    public JsonObject json() {
        return JsonObject.builder().put(NONCE, nonce).put(SERVER, server).build();
    }
}
