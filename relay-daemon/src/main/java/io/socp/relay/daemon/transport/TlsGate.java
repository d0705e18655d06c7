package io.socp.relay.daemon.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.socp.relay.crypto.Base64Url;
import io.socp.relay.crypto.ChainReading.Role;
import io.socp.relay.daemon.config.TlsOptions;
import io.socp.relay.daemon.config.TlsOptions.Mode;
import io.socp.relay.daemon.link.Link;
import io.socp.relay.message.LinkChallenge;
import io.socp.relay.ownership.ThreadSafe;
import io.socp.relay.verify.TlsPeer;
import io.socp.relay.wire.HandlerNames;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of one listening port share as to TLS. Thread-safe. */
@ThreadSafe
public final class TlsGate {

    private static final Logger LOG = LoggerFactory.getLogger(TlsGate.class);

    /** A nonce need not be a secret, but must never come again. */
    private static final SecureRandom NONCES = new SecureRandom();

    private final TlsOptions options;
    private final TlsContexts contexts;
    private final TlsCounts counts;
    private final HandshakeSlots slots;
    private final String identity;
    private final AtomicBoolean toldOfPlain = new AtomicBoolean();

    public TlsGate(TlsOptions options, TlsContexts contexts, TlsCounts counts) {
        this.options = options;
        this.contexts = contexts;
        this.counts = counts;
        this.identity = contexts.identity().digest();
        this.slots = new HandshakeSlots(options.handshakesMax());
    }

    /** Adds what decides about TLS behind the handler of this name, unless there is none. */
    void addTo(ChannelPipeline pipeline, String behind, Link link) {
        if (options.mode() == Mode.OFF) {
            return;
        }
        TlsPeerHandler peer =
                new TlsPeerHandler(
                        Role.CLIENT,
                        contexts.clock(),
                        counts,
                        null,
                        new TlsPeerHandler.Listener(
                                shown -> link.secured(challenged(shown, pipeline)), _ -> {}));
        pipeline.addAfter(behind, HandlerNames.TLS, new TlsStartHandler(this, peer));
    }

    /**
     * The other end as the link knows it. A user sees, with the answer to the upgrade, what to sign
     * if the link is to be proven; so where our certificates show who we are.
     */
    private TlsPeer challenged(TlsPeer shown, ChannelPipeline pipeline) {
        if (!(shown instanceof TlsPeer.Anonymous) || !options.showsIdentity()) {
            return shown;
        }
        byte[] bytes = new byte[LinkChallenge.NONCE_BYTES];
        NONCES.nextBytes(bytes);
        String nonce = Base64Url.encode(bytes);
        pipeline.addAfter(
                HandlerNames.HTTP_CODEC, HandlerNames.LINK_NONCE, new LinkNonceHandler(nonce));
        return new TlsPeer.Anonymous(new LinkChallenge(nonce, identity));
    }

    HandshakeSlots slots() {
        return slots;
    }

    TlsCounts counts() {
        return counts;
    }

    boolean takesPlain() {
        return options.mode() == Mode.OPTIONAL;
    }

    SslHandler newServer(ByteBufAllocator allocator) {
        SslHandler handler = contexts.server().newHandler(allocator);
        handler.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
        return handler;
    }

    /** Said to the operator once, since it may be a server configured for ws://; then counted. */
    void onPlainRefused(Channel channel) {
        counts.onPlain();
        if (toldOfPlain.compareAndSet(false, true)) {
            LOG.warn(
                    "{} came without TLS and was refused: this port takes wss:// alone; later ones"
                            + " are only counted",
                    channel.remoteAddress());
        }
    }
}
