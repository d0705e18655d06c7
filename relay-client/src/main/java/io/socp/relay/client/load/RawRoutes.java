package io.socp.relay.client.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who is connected to a raw server. Thread-safe: concurrent maps. */
@ThreadSafe
final class RawRoutes {

    private final Map<String, RawLink> byName = new ConcurrentHashMap<>();
    private final Map<EventLoop, Set<RawLink>> byLoop = new ConcurrentHashMap<>();

    void join(String name, EventLoop loop, RawLink link) {
        byName.put(name, link);
        byLoop.computeIfAbsent(loop, _ -> ConcurrentHashMap.newKeySet()).add(link);
    }

    void leave(String name, EventLoop loop, RawLink link) {
        byName.remove(name, link);
        Set<RawLink> links = byLoop.get(loop);
        if (links != null) {
            links.remove(link);
        }
    }

    @Nullable RawLink find(String name) {
        return byName.get(name);
    }

    /** One whole WebSocket frame to all but its author, one hand-over for each loop. */
    void broadcast(ByteBuf frame, RawLink author) {
        byLoop.forEach((loop, links) -> {
            ByteBuf shared = frame.retain();
            loop.execute(() -> {
                for (RawLink link : links) {
                    if (link != author) {
                        link.write(shared.retainedDuplicate());
                    }
                }
                shared.release();
            });
        });
        frame.release();
    }
}
