package io.socp.relay.daemon.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.socp.relay.envelope.Envelope;
import io.socp.relay.testing.EnvelopeBuilder;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The other end of a server's embedded channel: bytes of HTTP and of WebSocket frames. Time stands
 * still on the channel until it is moved.
 */
public final class FarEnd {

    private static final String UPGRADE =
            """
            GET / HTTP/1.1\r
            Host: relay\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    private final EmbeddedChannel server;
    private final EmbeddedChannel frames =
            new EmbeddedChannel(
                    new WebSocket13FrameDecoder(
                            WebSocketDecoderConfig.newBuilder()
                                    .expectMaskedFrames(false)
                                    .maxFramePayloadLength(8 << 20)
                                    .build()),
                    new WebSocket13FrameEncoder(true));
    private final List<WebSocketFrame> received = new ArrayList<>();
    private final List<WebSocketFrame> taken = new ArrayList<>();

    /** Connects to a server with this initialiser. */
    public FarEnd(ChannelHandler initializer) {
        this(initializer, new EmbeddedChannel());
    }

    /** The same from this address. */
    public FarEnd(ChannelHandler initializer, InetSocketAddress remote) {
        this(initializer, new Remote(remote));
    }

    private FarEnd(ChannelHandler initializer, EmbeddedChannel server) {
        this.server = server;
        server.freezeTime();
        server.pipeline().addLast(initializer);
        // The channel was active before the initialiser came; its handlers have yet to hear of it.
        server.pipeline().fireChannelActive();
    }

    /** The server's channel. */
    public EmbeddedChannel server() {
        return server;
    }

    /** Sends text as it is, and returns what the server says until now. */
    public String http(String request) {
        sendBytes(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        return readHttp();
    }

    /** What the server has said, as text. */
    public String readHttp() {
        server.runPendingTasks();
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = server.readOutbound(); bytes != null; bytes = server.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return text.toString();
    }

    /** Does the WebSocket handshake. */
    public FarEnd upgrade() {
        String answer = http(UPGRADE);
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError("no upgrade: " + answer);
        }
        return this;
    }

    public void send(Envelope envelope) {
        send(new String(envelope.bytes(), StandardCharsets.UTF_8));
    }

    public void send(String text) {
        send(new TextWebSocketFrame(text));
    }

    public void send(WebSocketFrame... all) {
        ByteBuf bytes = Unpooled.buffer();
        for (WebSocketFrame frame : all) {
            frames.writeOutbound(frame);
            for (ByteBuf part = frames.readOutbound(); part != null; part = frames.readOutbound()) {
                bytes.writeBytes(part);
                part.release();
            }
        }
        sendBytes(bytes);
    }

    public void sendBytes(ByteBuf bytes) {
        server.writeInbound(bytes);
        server.runPendingTasks();
    }

    /** Envelopes received and not taken yet. */
    public List<Envelope> envelopes() {
        read();
        List<Envelope> envelopes = new ArrayList<>();
        received.removeIf(frame -> {
            if (!(frame instanceof TextWebSocketFrame text)) {
                return false;
            }
            envelopes.add(EnvelopeBuilder.decode(text.text().getBytes(StandardCharsets.UTF_8)));
            return text.release();
        });
        return envelopes;
    }

    /** Takes the oldest control frame of this kind, or null when none came; not to be released. */
    public <T extends WebSocketFrame> T control(Class<T> kind) {
        read();
        T found =
                received.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
        if (found != null) {
            received.remove(found);
            taken.add(found);
        }
        return found;
    }

    /** The code of the close frame received, or -1. */
    public int closeCode() {
        CloseWebSocketFrame close = control(CloseWebSocketFrame.class);
        return close == null ? -1 : close.statusCode();
    }

    /** Lets time pass on the server's channel. */
    public void advance(Duration time) {
        server.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        server.runPendingTasks();
    }

    /** Ends the connection from here. */
    public void vanish() {
        var _ = server.close();
        server.runPendingTasks();
    }

    /** Ends the connection, and releases what nobody has read. */
    public void finish() {
        vanish();
        received.forEach(WebSocketFrame::release);
        received.clear();
        taken.forEach(WebSocketFrame::release);
        taken.clear();
        server.finishAndReleaseAll();
        frames.finishAndReleaseAll();
    }

    private void read() {
        server.runPendingTasks();
        for (ByteBuf bytes = server.readOutbound(); bytes != null; bytes = server.readOutbound()) {
            frames.writeInbound(bytes);
        }
        for (WebSocketFrame frame = frames.readInbound();
                frame != null;
                frame = frames.readInbound()) {
            received.add(frame);
        }
    }

    /** A channel whose other end has an address. */
    private static final class Remote extends EmbeddedChannel {

        private final InetSocketAddress remote;

        Remote(InetSocketAddress remote) {
            this.remote = remote;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return remote;
        }
    }
}
