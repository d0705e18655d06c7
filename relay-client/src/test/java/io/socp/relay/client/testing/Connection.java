package io.socp.relay.client.testing;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.envelope.Decoded;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.envelope.EnvelopeCodec;
import io.socp.relay.envelope.EnvelopeLimits;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/** One client's connection to a {@link ScriptedServer}. Thread-safe. */
public final class Connection {

    private final EnvelopeCodec codec = new EnvelopeCodec(EnvelopeLimits.DEFAULT);
    private final BlockingQueue<Envelope> received = new LinkedBlockingQueue<>();
    private final Channel channel;
    private final BiConsumer<Connection, Envelope> script;

    Connection(Channel channel, BiConsumer<Connection, Envelope> script) {
        this.channel = channel;
        this.script = script;
    }

    /** The next envelope from the client. */
    public Envelope next() throws InterruptedException {
        Envelope envelope = received.poll(10, SECONDS);
        if (envelope == null) {
            throw new AssertionError("the client has sent nothing more");
        }
        return envelope;
    }

    /** The next envelope of this type; others are passed over. */
    public Envelope next(String type) throws InterruptedException {
        Envelope envelope = next();
        while (!envelope.type().equals(type)) {
            envelope = next();
        }
        return envelope;
    }

    public void send(Envelope envelope) {
        send(new TextWebSocketFrame(Unpooled.wrappedBuffer(envelope.bytes())));
    }

    public void sendText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(new TextWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    }

    public void sendBinary(byte[] bytes) {
        send(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
    }

    public void close(int code, String reason) {
        send(new CloseWebSocketFrame(code, reason));
    }

    /** Ends the TCP connection without a word. */
    public void cut() {
        channel.close().awaitUninterruptibly();
    }

    public boolean isOpen() {
        return channel.isActive();
    }

    private void send(WebSocketFrame frame) {
        channel.writeAndFlush(frame).addListener(done -> {});
    }

    ChannelHandler handler() {
        return new SimpleChannelInboundHandler<TextWebSocketFrame>(TextWebSocketFrame.class) {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
                byte[] bytes = ByteBufUtil.getBytes(frame.content());
                if (codec.decode(bytes) instanceof Decoded(Envelope envelope)) {
                    received.add(envelope);
                    script.accept(Connection.this, envelope);
                } else {
                    throw new AssertionError("the client has sent what is no envelope");
                }
            }
        };
    }
}
