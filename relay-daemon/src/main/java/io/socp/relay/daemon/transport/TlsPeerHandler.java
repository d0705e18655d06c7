package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.socp.relay.crypto.ChainReading;
import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.verify.TlsPeer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the end of the TLS handshake, reads what it proves, tells the link, and removes itself.
 * Event-loop confined to its channel.
 *
 * <p>The chain is read here and not only while the handshake is under way: a resumed session brings
 * the chain of the one before, which may have expired meanwhile.
 */
@EventLoopConfined
final class TlsPeerHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(TlsPeerHandler.class);

    private final Role role;
    private final InstantSource clock;
    private final TlsCounts counts;
    private final @Nullable RsaPublicKey expected;
    private final Listener listener;
    private boolean activeHeld;

    /** Is told how the handshake has ended, on the channel's loop. */
    record Listener(Consumer<TlsPeer> secured, Consumer<String> refused) {}

    /**
     * @param role the other end's
     * @param expected the key it must prove; null where any will do
     */
    TlsPeerHandler(
            Role role,
            InstantSource clock,
            TlsCounts counts,
            @Nullable RsaPublicKey expected,
            Listener listener) {
        this.role = role;
        this.clock = clock;
        this.counts = counts;
        this.expected = expected;
        this.listener = listener;
    }

    /** Whoever dials says nothing before it knows to whom. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        activeHeld = true;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end) {
            if (end.isSuccess()) {
                onHandshake(ctx);
            } else {
                fail(ctx, "TLS handshake failed: " + reason(end.cause()));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onHandshake(ChannelHandlerContext ctx) {
        SSLSession session = ctx.pipeline().get(SslHandler.class).engine().getSession();
        switch (peer(session)) {
            case TlsPeer peer when isExpected(peer) -> {
                counts.onDone();
                listener.secured().accept(peer);
                ctx.pipeline().remove(this);
                if (activeHeld) {
                    ctx.fireChannelActive();
                }
            }
            case TlsPeer.Proven(RsaPublicKey key) -> {
                counts.onWrongKey();
                refuse(
                        ctx,
                        "it proves key "
                                + key.fingerprint()
                                + " over TLS, but "
                                + (expected == null ? "none" : expected.fingerprint())
                                + " is pinned to it");
            }
            case TlsPeer.Anonymous _, TlsPeer.None _ ->
                    fail(ctx, "its TLS certificate proves no identity key");
        }
    }

    private boolean isExpected(TlsPeer peer) {
        return switch (peer) {
            case TlsPeer.Proven(RsaPublicKey key) -> expected == null || expected.equals(key);
            case TlsPeer.Anonymous _ -> role == Role.CLIENT;
            case TlsPeer.None _ -> false;
        };
    }

    private TlsPeer peer(SSLSession session) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate shown : session.getPeerCertificates()) {
                chain.add((X509Certificate) shown);
            }
        } catch (SSLPeerUnverifiedException nothingShown) {
            return new TlsPeer.Anonymous();
        }
        return switch (ChainReading.read(chain, role, clock.instant())) {
            case ChainReading.Proven(RsaPublicKey key) -> new TlsPeer.Proven(key);
            case ChainReading.Invalid(String reason) -> {
                LOG.debug("a TLS certificate is not good: {}", reason);
                yield new TlsPeer.None();
            }
        };
    }

    private void fail(ChannelHandlerContext ctx, String why) {
        counts.onFailed();
        refuse(ctx, why);
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        LOG.debug("{}: {}", ctx.channel(), why);
        listener.refused().accept(why);
        var _ = ctx.channel().close();
    }

    private static String reason(Throwable cause) {
        Throwable root = cause.getCause() == null ? cause : cause.getCause();
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
