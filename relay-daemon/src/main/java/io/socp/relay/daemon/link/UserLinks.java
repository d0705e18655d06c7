package io.socp.relay.daemon.link;

import io.netty.channel.EventLoop;
import io.socp.relay.ownership.EventLoopConfined;
import io.socp.relay.sign.Priority;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The users' links of one loop. Event-loop confined to that loop, but for {@link #run}. */
@EventLoopConfined
public final class UserLinks {

    private final EventLoop loop;
    private final BroadcastRound round;
    private final Set<Link> links = new LinkedHashSet<>();

    /** The links as they stand; null when they have changed since. */
    private @Nullable List<Link> snapshot;

    UserLinks(EventLoop loop) {
        this.loop = loop;
        this.round = new BroadcastRound(loop);
    }

    void add(Link link) {
        links.add(link);
        snapshot = null;
    }

    void remove(Link link) {
        links.remove(link);
        snapshot = null;
    }

    /** The links, as a copy: writing to one may close it and so take it out of the set. */
    public List<Link> all() {
        List<Link> current = snapshot;
        if (current == null) {
            current = List.copyOf(links);
            snapshot = current;
        }
        return current;
    }

    /** A frame for these links, good until the task ends that {@link #run} runs. */
    public SharedFrame share(byte[] envelope) {
        return round.add(envelope, links.size());
    }

    /** Writes one of many copies to one of these links. */
    public void write(Link link, SharedFrame frame, Priority priority) {
        link.write(frame, priority, round);
    }

    /** The same, behind a replay of presence that is under way on that link. */
    public void writeInTurn(Link link, SharedFrame frame, Priority priority) {
        link.writeInTurn(frame, priority, round);
    }

    /** Runs the task on the loop, at once if this is it; from any thread. */
    void run(Consumer<UserLinks> task) {
        if (loop.inEventLoop()) {
            runHere(task);
        } else {
            loop.execute(() -> runHere(task));
        }
    }

    private void runHere(Consumer<UserLinks> task) {
        round.hold();
        try {
            task.accept(this);
        } finally {
            round.release();
        }
    }
}
