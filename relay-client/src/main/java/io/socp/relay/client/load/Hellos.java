package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.socp.relay.client.ClientVersion;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.ownership.Immutable;
import java.util.ArrayList;
import java.util.List;

/**
 * Signed USER_HELLOs, one signature for each key of a corpus: the payload does not name the user.
 * Immutable.
 */
@Immutable
final class Hellos {

    private static final UserId ANYONE = new UserId("00000000-0000-4000-8000-000000000000");

    private final Dialect dialect;
    private final List<byte[]> tails = new ArrayList<>();

    Hellos(Corpus corpus, Dialect dialect) {
        this.dialect = dialect;
        for (int i = 0; i < corpus.spec().keys(); i++) {
            tails.add(tail(corpus.key(i), dialect));
        }
    }

    private static byte[] tail(IdentityKey key, Dialect dialect) {
        // Asks our relay not to tell of everybody's coming and going.
        JsonObject extensions = JsonObject.builder().put("v", 1).put("presence", "ask").build();
        RsaPublicKey shown = key.publicKey().in(dialect.container());
        Payload payload =
                PayloadWriter.payload(
                        new UserHello(
                                ANYONE,
                                "socp-bench/" + ClientVersion.VERSION,
                                shown,
                                shown,
                                null,
                                dialect.isWelcoming() ? extensions : null));
        String sig = Base64Url.encode(key.signer().sign(payload.canonical()));
        String text = new String(payload.canonical(), US_ASCII);
        return (",\"payload\":" + text + ",\"sig\":\"" + sig + "\"}").getBytes(US_ASCII);
    }

    /** The first frame of a user whose key has this number. */
    OutgoingFrame of(UserId user, int key) {
        return new OutgoingFrame(
                OutgoingFrame.head(MessageType.USER_HELLO, user, dialect.helloTo()),
                tails.get(key));
    }

    int keys() {
        return tails.size();
    }
}
