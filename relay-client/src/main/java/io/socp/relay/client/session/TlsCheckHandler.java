package io.socp.relay.client.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.socp.relay.crypto.ChainReading;
import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.crypto.RsaPublicKey;
import io.socp.relay.ownership.EventLoopConfined;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Judges the server at the end of the TLS handshake, and lets nothing begin before; removes itself
 * then. Event-loop confined to its channel.
 */
@EventLoopConfined
final class TlsCheckHandler extends ChannelInboundHandlerAdapter {

    private final ServerTrust trust;
    private final InstantSource clock;

    /** The server is the right one; {@code key} is the identity it has proven, or null. */
    record Secured(@Nullable RsaPublicKey key) {}

    /** The server is not the right one, or no TLS server at all. */
    record Refused(SessionEnd end) {}

    TlsCheckHandler(ServerTrust trust, InstantSource clock) {
        this.trust = trust;
        this.clock = clock;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // The upgrade is asked for when the handshake is over.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent end)) {
            ctx.fireUserEventTriggered(event);
        } else if (end.isSuccess()) {
            judge(ctx);
        } else {
            refuse(ctx, "TLS handshake failed: " + reason(end.cause()));
        }
    }

    private void judge(ChannelHandlerContext ctx) {
        switch (trust) {
            case ServerTrust.Authorities _ -> accept(ctx, null);
            case ServerTrust.Identity(RsaPublicKey pinned) -> {
                switch (ChainReading.read(chain(ctx), Role.SERVER, clock.instant())) {
                    case ChainReading.Invalid(String reason) -> refuse(ctx, reason);
                    case ChainReading.Proven(RsaPublicKey key)
                            when pinned == null || pinned.equals(key) ->
                            accept(ctx, key);
                    case ChainReading.Proven(RsaPublicKey key) ->
                            ctx.fireUserEventTriggered(
                                    new Refused(
                                            new SessionEnd.ServerKeyChanged(
                                                    pinned == null ? key : pinned, key)));
                }
            }
        }
    }

    private void accept(ChannelHandlerContext ctx, @Nullable RsaPublicKey key) {
        ctx.fireUserEventTriggered(new Secured(key));
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }

    private static void refuse(ChannelHandlerContext ctx, String why) {
        ctx.fireUserEventTriggered(new Refused(new SessionEnd.NotConnected(why)));
    }

    private static List<X509Certificate> chain(ChannelHandlerContext ctx) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            var session = ctx.pipeline().get(SslHandler.class).engine().getSession();
            for (Certificate shown : session.getPeerCertificates()) {
                chain.add((X509Certificate) shown);
            }
        } catch (SSLPeerUnverifiedException nothingShown) {
            return List.of();
        }
        return chain;
    }

    private static String reason(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
