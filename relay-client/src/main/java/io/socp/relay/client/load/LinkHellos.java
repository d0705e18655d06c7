package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.IdentityKey;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.crypto.Signer;
import io.socp.relay.envelope.JsonValue.JsonObject;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.ThreadSafe;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    /** Of the answer to the upgrade, in lower case. */
    static final String NONCE_HEADER = "socp-link-nonce";

    private static final String FIELD = "link_auth";

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
        JsonObject challenge =
                JsonObject.builder().put("nonce", nonce).put("server", digest(server)).build();
        return SignedHellos.extensions().put(FIELD, challenge).build();
    }

    /** SHA-256 over the key's DER. */
    private static String digest(RsaPublicKey key) {
        try {
            byte[] der = key.key().getEncoded();
            return Base64Url.encode(MessageDigest.getInstance("SHA-256").digest(der));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    @Override
    public String complaint(ByteBuf bytes, int index, int length) {
        return Notice.isLinkAuthenticated(bytes, index, length)
                ? ""
                : "the server does not take the link as authenticated";
    }
}
