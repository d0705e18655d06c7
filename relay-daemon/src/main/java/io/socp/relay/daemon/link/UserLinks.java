package io.socp.relay.daemon.link;

import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The users' links of one loop. Event-loop confined to that loop, but for {@link #run}. */
@EventLoopConfined
final class UserLinks {

    private final EventLoop loop;
    private final Set<Link> links = new LinkedHashSet<>();

    /** The links as they stand; null when they have changed since. */
    private @Nullable List<Link> snapshot;

    UserLinks(EventLoop loop) {
        this.loop = loop;
    }

    void add(Link link) {
        links.add(link);
        snapshot = null;
    }

    void remove(Link link) {
        links.remove(link);
        snapshot = null;
    }

    /**
     * Hands the links to {@code task} on their loop; from any thread. A copy, since writing to a
     * link may close it and so take it out of the set.
     */
    void run(Consumer<Collection<Link>> task) {
        if (loop.inEventLoop()) {
            task.accept(snapshot());
        } else {
            loop.execute(() -> task.accept(snapshot()));
        }
    }

    private List<Link> snapshot() {
        List<Link> current = snapshot;
        if (current == null) {
            current = List.copyOf(links);
            snapshot = current;
        }
        return current;
    }
}
