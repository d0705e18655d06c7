package io.socp.relay.daemon.link;

import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** The users' links of one loop. Event-loop confined to that loop, but for {@link #run}. */
@EventLoopConfined
final class UserLinks {

    private final EventLoop loop;
    private final Set<Link> links = new LinkedHashSet<>();

    UserLinks(EventLoop loop) {
        this.loop = loop;
    }

    void add(Link link) {
        links.add(link);
    }

    void remove(Link link) {
        links.remove(link);
    }

    /** Hands the links to {@code task} on their loop; from any thread. */
    void run(Consumer<Collection<Link>> task) {
        if (loop.inEventLoop()) {
            task.accept(links);
        } else {
            loop.execute(() -> task.accept(links));
        }
    }
}
