package io.socp.relay.client.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.wire.EnvelopeDecoder;
import io.socp.relay.wire.EnvelopeEncoder;
import io.socp.relay.wire.FrameLimits;
import io.socp.relay.wire.HandlerNames;
import javax.net.ssl.SSLException;

/**
 * The client's pipeline: HTTP for the upgrade, WebSocket frames, envelopes, the session. Confined
 * to the loop of the one channel it serves.
 */
@EventLoopConfined
final class SessionInitializer extends ChannelInitializer<Channel> {

    private static final String CONTROL_FRAMES = "control-frames";
    private static final String SESSION = "session";

    private static final int UPGRADE_RESPONSE_BYTES_MAX = 8 * 1024;
    private static final long CLOSE_WAIT_MS = 1_000;

    private final SessionOptions options;
    private final SessionHandler session;

    SessionInitializer(SessionOptions options, SessionHandler session) {
        this.options = options;
        this.session = session;
    }

    @Override
    protected void initChannel(Channel ch) throws SSLException {
        int frameBytesMax = options.frameBytesMax();
        EnvelopeLimits limits =
                new EnvelopeLimits(
                        frameBytesMax,
                        EnvelopeLimits.DEFAULT.depthMax(),
                        EnvelopeLimits.DEFAULT.membersMax());
        ChannelPipeline pipeline = ch.pipeline();
        if (options.isOverTls()) {
            SessionTls.addTo(pipeline, options);
        }
        pipeline.addLast(HandlerNames.HTTP_CODEC, new HttpClientCodec());
        pipeline.addLast(
                HandlerNames.HTTP_AGGREGATOR, new HttpObjectAggregator(UPGRADE_RESPONSE_BYTES_MAX));
        if (options.isOverTls()) {
            pipeline.addLast(HandlerNames.LINK_NONCE, new LinkNonceHandler());
        }
        pipeline.addLast(HandlerNames.WEBSOCKET, new WebSocketClientProtocolHandler(webSocket()));
        pipeline.addLast(CONTROL_FRAMES, new ControlFrameHandler());
        pipeline.addLast(
                HandlerNames.FRAME_AGGREGATOR, new WebSocketFrameAggregator(frameBytesMax));
        pipeline.addLast(
                HandlerNames.ENVELOPE_DECODER,
                new EnvelopeDecoder(new EnvelopeCodec(limits), new FrameLimits(frameBytesMax)));
        pipeline.addLast(HandlerNames.ENVELOPE_ENCODER, new EnvelopeEncoder());
        pipeline.addLast(SESSION, session);
    }

    private WebSocketClientProtocolConfig webSocket() {
        return WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(options.server())
                .maxFramePayloadLength(options.frameBytesMax())
                .handshakeTimeoutMillis(options.connectTimeout().toMillis())
                .forceCloseTimeoutMillis(CLOSE_WAIT_MS)
                .handleCloseFrames(false) // the session wants the code and the reason
                .dropPongFrames(false)
                .withUTF8Validator(false)
                .build();
    }
}
