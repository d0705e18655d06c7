package io.socp.relay.client.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written on one connection, by priority. Event-loop confined.
 *
 * <p>The channel is given as much as it says it can take, so that a frame of higher priority
 * overtakes all that is still here. What is here is bounded by the senders: a client by its calls,
 * a file by its window.
 */
@EventLoopConfined
final class OutboundQueue {

    /** A frame that is not made before its turn has come. */
    private record Waiting(Supplier<Object> frame, ChannelFutureListener done) {}

    private final Map<Priority, Queue<Waiting>> waitingByPriority = new EnumMap<>(Priority.class);

    OutboundQueue() {
        for (Priority priority : Priority.values()) {
            waitingByPriority.put(priority, new ArrayDeque<>());
        }
    }

    /** Adds one envelope's bytes. */
    void add(byte[] envelope, Priority priority, ChannelFutureListener done) {
        add(() -> Unpooled.wrappedBuffer(envelope), priority, done);
    }

    void add(Supplier<Object> frame, Priority priority, ChannelFutureListener done) {
        queue(priority).add(new Waiting(frame, done));
    }

    /** Writes while the channel takes more, then flushes. */
    void drain(Channel channel) {
        boolean isWritten = false;
        for (Waiting next = nextFor(channel); next != null; next = nextFor(channel)) {
            channel.write(next.frame().get()).addListener(next.done());
            isWritten = true;
        }
        if (isWritten) {
            channel.flush();
        }
    }

    /** Fails everything that was not written. */
    void fail(Channel channel, Exception cause) {
        for (Queue<Waiting> waiting : waitingByPriority.values()) {
            while (!waiting.isEmpty()) {
                var failed = channel.newFailedFuture(cause);
                failed.addListener(waiting.remove().done());
            }
        }
    }

    private @Nullable Waiting nextFor(Channel channel) {
        if (!channel.isWritable()) {
            return null;
        }
        for (Queue<Waiting> waiting : waitingByPriority.values()) {
            if (!waiting.isEmpty()) {
                return waiting.remove();
            }
        }
        return null;
    }

    private Queue<Waiting> queue(Priority priority) {
        Queue<Waiting> queue = waitingByPriority.get(priority);
        if (queue == null) {
            throw new IllegalStateException("every priority has a queue");
        }
        return queue;
    }
}
