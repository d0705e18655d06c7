package io.socp.relay.client.load;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.ArrayDeque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A sender and its recipient, with a fixed number of messages under way between them. Event-loop
 * confined: both connections live on one loop.
 */
@EventLoopConfined
final class LoadPair {

    private record InFlight(long ts, long sentNs) {}

    private final UserId sender = new UserId(UUID.randomUUID().toString());
    private final UserId recipient = new UserId(UUID.randomUUID().toString());
    private final SignedPayloads payloads;
    private final LoadMeter meter;
    private final ArrayDeque<InFlight> inFlight = new ArrayDeque<>();
    private @Nullable Channel channel;
    private int nextPayload;
    private long lastTs;

    LoadPair(SignedPayloads payloads, int firstPayload, LoadMeter meter) {
        this.payloads = payloads;
        this.nextPayload = firstPayload % payloads.size();
        this.meter = meter;
    }

    UserId sender() {
        return sender;
    }

    UserId recipient() {
        return recipient;
    }

    /** Fills the window. */
    void start(Channel sendersChannel, int window) {
        channel = sendersChannel;
        for (int i = 0; i < window; i++) {
            send();
        }
        sendersChannel.flush();
    }

    /** A USER_DELIVER has come; what was sent before it and has not come is lost. */
    void onDelivered(long ts) {
        long nowNs = System.nanoTime();
        InFlight oldest = inFlight.poll();
        while (oldest != null && oldest.ts() != ts) {
            meter.onLost();
            send();
            oldest = inFlight.poll();
        }
        if (oldest != null) {
            meter.onDelivered(nowNs - oldest.sentNs());
            send();
        }
    }

    /** An ERROR has come to the sender: one message will not arrive. */
    void onRefused(String frame) {
        meter.onError(frame);
        if (inFlight.poll() != null) {
            send();
        }
    }

    /** The frames written since the last flush go out together. */
    void flush() {
        if (channel != null) {
            channel.flush();
        }
    }

    private void send() {
        if (channel == null || meter.isOver()) {
            return;
        }
        long ts = Math.max(System.currentTimeMillis(), lastTs + 1);
        lastTs = ts;
        byte[] frame = payloads.frame(nextPayload, sender, recipient, ts);
        nextPayload = (nextPayload + 1) % payloads.size();
        inFlight.add(new InFlight(ts, System.nanoTime()));
        channel.write(new TextWebSocketFrame(Unpooled.wrappedBuffer(frame)))
                .addListener(meter::onWritten);
    }
}
