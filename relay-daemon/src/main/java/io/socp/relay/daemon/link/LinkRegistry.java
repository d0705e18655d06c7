package io.socp.relay.daemon.link;

import io.netty.channel.EventLoop;
import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every open link by its id, and the users' links by their loop. Thread-safe.
 *
 * <p>A broadcast to users costs one task for each loop, not one for each user: each loop keeps the
 * list of its own, and nobody else touches it.
 */
@ThreadSafe
public final class LinkRegistry {

    /** Where a link comes from that is not connected: no address. */
    static final String NOWHERE = "nowhere";

    private final AtomicLong lastId = new AtomicLong();
    private final Map<LinkId, Link> byId = new ConcurrentHashMap<>();
    private final Map<EventLoop, UserLinks> usersByLoop = new ConcurrentHashMap<>();

    /** An id no link of this process has had. */
    public LinkId nextId() {
        return new LinkId(lastId.incrementAndGet());
    }

    /**
     * A link is open. Broadcasts reach its loop from here on: one that is told while its first user
     * is being identified there must come behind that, and not be skipped.
     */
    public void add(Link link) {
        usersByLoop.computeIfAbsent(link.loop(), UserLinks::new);
        byId.put(link.id(), link);
    }

    /** A user has said hello on this link, which may be closed by now; on the link's loop. */
    public void addUser(Link link) {
        if (!byId.containsKey(link.id())) {
            return;
        }
        usersByLoop.computeIfAbsent(link.loop(), UserLinks::new).add(link);
    }

    /** The link is closed; on the link's loop. */
    public void remove(Link link) {
        byId.remove(link.id());
        UserLinks users = usersByLoop.get(link.loop());
        if (users != null) {
            users.remove(link);
        }
    }

    /** The link, or null when it is closed by now. */
    public @Nullable Link find(LinkId id) {
        return byId.get(id);
    }

    /** The address that the link's other end comes from; nobody's when it is closed by now. */
    public String originOf(LinkId id) {
        Link link = byId.get(id);
        return link == null ? NOWHERE : link.arrival().origin();
    }

    /** Open links; a live view. */
    public Collection<Link> all() {
        return byId.values();
    }

    /** Runs a task on each loop that has had links and has not stopped, with that loop's users. */
    public void onEachLoop(Consumer<UserLinks> task) {
        for (UserLinks users : usersByLoop.values()) {
            try {
                users.run(task);
            } catch (RejectedExecutionException stopped) {
                // Its links are gone with it.
            }
        }
    }
}
