package io.socp.relay.daemon.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.socp.relay.ownership.EventLoopConfined;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Reads from the answer to an upgrade we asked for without TLS whether it was refused for that, and
 * removes itself. Event-loop confined to its channel.
 *
 * <p>There is no status for it: our own relays, and the web servers that others stand behind, say
 * so in the text of a 4xx.
 */
@EventLoopConfined
final class PlainRefusedHandler extends ChannelInboundHandlerAdapter {

    static final String HINT =
            "it takes TLS alone, and its entry in the bootstrap file is without `tls: true`";

    private final Consumer<String> why;

    /** Tells why the dial comes to nothing, if it is for that. */
    PlainRefusedHandler(Consumer<String> why) {
        this.why = why;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof FullHttpResponse answer && speaksOfTls(answer)) {
            why.accept(HINT);
        }
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(message);
    }

    private static boolean speaksOfTls(FullHttpResponse answer) {
        if (answer.status().codeClass() != HttpStatusClass.CLIENT_ERROR) {
            return false;
        }
        String text = answer.content().toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        return text.contains("wss://") || text.contains("https");
    }
}
