package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Links we dialled that a better one has replaced, each until its time to be closed. Event-loop
 * confined to the mesh loop.
 *
 * <p>Kept open for a while, since frames may still be under way on them.
 */
@EventLoopConfined
public final class SpareLinks {

    private final PeerTable peers;
    private final Map<LinkId, Long> dueNsByLink = new HashMap<>();

    public SpareLinks(PeerTable peers) {
        this.peers = peers;
    }

    /** These may be closed at {@code dueNs}, or at the time said first. */
    public void add(Collection<LinkId> links, long dueNs) {
        links.forEach(link -> dueNsByLink.putIfAbsent(link, dueNs));
    }

    /** The link is gone. */
    public void forget(LinkId link) {
        dueNsByLink.remove(link);
    }

    /** Those to close now; not one that is needed again because the better one was lost. */
    public List<LinkId> takeDue(long nowNs) {
        List<LinkId> due =
                dueNsByLink.entrySet().stream()
                        .filter(entry -> entry.getValue() - nowNs <= 0)
                        .map(Map.Entry::getKey)
                        .toList();
        due.forEach(dueNsByLink::remove);
        return due.stream().filter(peers::isSuperfluous).toList();
    }
}
