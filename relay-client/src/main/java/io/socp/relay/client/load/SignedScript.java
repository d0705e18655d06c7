package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.socp.relay.identity.UserId;
import io.socp.relay.message.MessageType;
import io.socp.relay.ownership.EventLoopConfined;

/**
 * Frames with a transport signature, which covers the payload alone: each gets the time of its use.
 * Event-loop confined.
 */
@EventLoopConfined
final class SignedScript implements Script {

    private final byte[] head;
    private final Corpus corpus;
    private final int firstPayload;
    private long ts;

    SignedScript(MessageType type, UserId from, String to, Corpus corpus, Slice payloads) {
        this.head = OutgoingFrame.head(type, from, to);
        this.corpus = corpus;
        this.firstPayload = payloads.first();
    }

    @Override
    public ByteBuf next(ByteBufAllocator allocator, int number) {
        long now = System.currentTimeMillis();
        // A payload comes round again with a later time, or the relay would drop it as a copy.
        ts = number == 0 ? Math.max(now, ts + 1) : Math.max(now, ts);
        return new OutgoingFrame(head, corpus.tail(firstPayload + number)).encode(allocator, ts);
    }
}
