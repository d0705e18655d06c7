package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.Signer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/**
 * USER_HELLOs that authenticate their link: each repeats the connection's nonce and the server's
 * key, and so has a signature of its own, made by another thread. Thread-safe: nothing changes.
 */
@ThreadSafe
final class LinkHellos implements Hellos {

    private final List<Signer> signers;
    private final Executor signing;

    LinkHellos(Corpus corpus, Executor signing) {
        this.signers =
                IntStream.range(0, corpus.spec().keys())
                        .mapToObj(corpus::key)
                        .map(IdentityKey::signer)
                        .toList();
        this.signing = signing;
    }

    @Override
    public CompletionStage<OutgoingFrame> of(UserId user, int key, LoadChannel opened) {
        String nonce = opened.linkNonce();
        LoadTls tls = opened.server().tls();
        if (nonce == null || tls == null) {
            return CompletableFuture.failedFuture(
                    new IOException("the server offers no link authentication"));
        }
        RsaPublicKey server = tls.serverKey();
        return CompletableFuture.supplyAsync(
                () -> SignedHellos.frame(user, signers.get(key), extensions(nonce, server)),
                signing);
    }

    static JsonObject extensions(String nonce, RsaPublicKey server) {
        JsonObject challenge = LinkChallenge.of(nonce, server).json();
        return SignedHellos.extensions().put(LinkChallenge.FIELD, challenge).build();
    }

    @Override
    public String complaint(ByteBuf bytes, int index, int length) {
        return Notice.isLinkAuthenticated(bytes, index, length)
                ? ""
                : "the server does not take the link as authenticated";
    }
}
