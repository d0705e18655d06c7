package io.socp.relay.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.socp.relay.client.ClientVersion;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.KeyContainer;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.Signer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.envelope.Payload;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.message.PayloadWriter;
import io.socp.relay.message.SessionMessage.UserHello;
import io.socp.relay.ownership.Immutable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Signed USER_HELLOs, one signature for each key of a corpus: the payload does not name the user.
 * Immutable.
 */
@Immutable
final class SignedHellos implements Hellos {

    private static final UserId ANYONE = new UserId("00000000-0000-4000-8000-000000000000");

    private final Dialect dialect;
    private final List<byte[]> tails = new ArrayList<>();

    SignedHellos(Corpus corpus, Dialect dialect) {
        this.dialect = dialect;
        @Nullable JsonObject extensions = dialect.isWelcoming() ? extensions().build() : null;
        for (int i = 0; i < corpus.spec().keys(); i++) {
            tails.add(tail(corpus.key(i).signer(), dialect.container(), extensions));
        }
    }

    /** Asks our relay not to tell of everybody's coming and going. */
    static JsonObject.Builder extensions() {
        return JsonObject.builder().put("v", 1).put("presence", "ask");
    }

    /** One user's hello to our relay; costs a signature. */
    static OutgoingFrame frame(UserId user, Signer signer, JsonObject extensions) {
        return new OutgoingFrame(
                OutgoingFrame.head(MessageType.USER_HELLO, user, Dialect.OURS.helloTo()),
                tail(signer, Dialect.OURS.container(), extensions));
    }

    private static byte[] tail(
            Signer signer, KeyContainer container, @Nullable JsonObject extensions) {
        RsaPublicKey shown = signer.publicKey().in(container);
        Payload payload =
                PayloadWriter.payload(
                        new UserHello(
                                ANYONE,
                                "socp-bench/" + ClientVersion.VERSION,
                                shown,
                                shown,
                                null,
                                extensions));
        String sig = Base64Url.encode(signer.sign(payload.canonical()));
        String text = new String(payload.canonical(), US_ASCII);
        return (",\"payload\":" + text + ",\"sig\":\"" + sig + "\"}").getBytes(US_ASCII);
    }

    @Override
    public CompletionStage<OutgoingFrame> of(UserId user, int key, LoadChannel opened) {
        byte[] head = OutgoingFrame.head(MessageType.USER_HELLO, user, dialect.helloTo());
        return CompletableFuture.completedFuture(new OutgoingFrame(head, tails.get(key)));
    }

    @Override
    public String complaint(ByteBuf bytes, int index, int length) {
        return "";
    }
}
