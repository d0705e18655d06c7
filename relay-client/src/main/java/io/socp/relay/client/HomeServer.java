package io.socp.relay.client;

import io.socp.relay.client.KeyBook.Voucher;
import io.socp.relay.client.session.TransportSignature;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.SignatureVerifier;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.FrameProof;
import io.socp.relay.envelope.JsonValue.JsonLiteral;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.ServerId;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.message.SessionMessage.UserWelcome;
import org.jspecify.annotations.Nullable;

/**
 * The server this client is connected to, as far as it has said who it is. Confined to the client's
 * queue.
 *
 * <p>The first welcome counts. A server without one (any but our own relay) stays unknown: its
 * frames are read, and its signatures prove nothing.
 */
final class HomeServer {

    private final SignatureVerifier verifier;
    private @Nullable ServerId id;
    private @Nullable RsaPublicKey key;
    private @Nullable RsaPublicKey proven;
    private FrameProof frames = FrameProof.SIGNATURE;
    private boolean answersLists;
    private boolean answersKeys;

    HomeServer(SignatureVerifier verifier) {
        this.verifier = verifier;
    }

    /** The TLS handshake has proven this key: no other can be the server's. */
    void onSecured(RsaPublicKey provenKey) {
        proven = provenKey;
    }

    /**
     * Takes the first welcome; false when its signature does not hold under the key it names, or
     * when that is not the key proven.
     */
    boolean onWelcome(UserWelcome welcome, Envelope envelope) {
        if (key != null) {
            return true;
        }
        if (proven != null && !proven.equals(welcome.key())) {
            return false;
        }
        if (!TransportSignature.holds(verifier, welcome.key(), envelope)) {
            return false;
        }
        id = welcome.server();
        key = welcome.key();
        // Only of a server that TLS has proven: then the link is its alone.
        frames =
                proven != null && isTrue(welcome.extensions(), LinkChallenge.FIELD)
                        ? FrameProof.LINK
                        : FrameProof.SIGNATURE;
        answersLists = isTrue(welcome.extensions(), "list");
        answersKeys = isTrue(welcome.extensions(), "key");
        return true;
    }

    @Nullable ServerId id() {
        return id;
    }

    /** What proves frames on this connection, in both directions. */
    FrameProof frames() {
        return frames;
    }

    /** Whether LIST_REQUEST is understood. */
    boolean answersLists() {
        return answersLists;
    }

    /** Whether PUBKEY_REQUEST is understood. */
    boolean answersKeys() {
        return answersKeys;
    }

    /** Whether this server has signed the envelope, or its link stands for it. */
    Voucher voucherFor(Envelope envelope) {
        if (key == null || id == null) {
            return Voucher.UNKNOWN;
        }
        boolean isProvenByLink = frames == FrameProof.LINK && envelope.sig().isEmpty();
        boolean holds =
                envelope.from().equals(id.value())
                        && (isProvenByLink || TransportSignature.holds(verifier, key, envelope));
        return holds ? Voucher.HOLDS : Voucher.FAILS;
    }

    /**
     * Whether the envelope claims to be this server's and is not signed by it. Gossip of other
     * servers is passed on with signatures we cannot check.
     */
    boolean isForged(Envelope envelope) {
        return id != null
                && envelope.from().equals(id.value())
                && voucherFor(envelope) == Voucher.FAILS;
    }

    private static boolean isTrue(JsonObject extensions, String name) {
        return extensions.get(name) == JsonLiteral.TRUE;
    }
}
