package io.socp.relay.daemon.link;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.socp.relay.engine.CloseReason;
import io.socp.relay.ownership.EventLoopConfined;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection that we close: says why behind all that was written, and waits for the
 * other end to close as well, but not for ever. Event-loop confined to the channel's loop.
 */
@EventLoopConfined
final class ClosingHandshake {

    /** How long it may take before the connection is dropped. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Channel channel;
    private final boolean isToServer;

    private ClosingHandshake(Channel channel, boolean isToServer) {
        this.channel = channel;
        this.isToServer = isToServer;
    }

    static void begin(Channel channel, boolean isToServer, CloseReason reason, String text) {
        ClosingHandshake closing = new ClosingHandshake(channel, isToServer);
        channel.writeAndFlush(new CloseWebSocketFrame(reason.code(), CloseText.fitting(text)))
                .addListener(_ -> closing.linger());
        var timeout =
                channel.eventLoop()
                        .schedule(closing::abandon, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(_ -> timeout.cancel(false));
    }

    /** What the kernel still holds must not arrive once it may have been reported as lost. */
    private void abandon() {
        if (isToServer) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var _ = channel.close();
    }

    /**
     * Waits for the other end to close as well. Closing at once would answer whatever it still
     * sends with a reset, and a reset destroys what it has not read yet: the ERROR that says why.
     */
    private void linger() {
        if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            duplex.shutdownOutput().addListener(_ -> channel.config().setAutoRead(true));
        } else {
            var _ = channel.close();
        }
    }
}
