package io.socp.relay.dialect;

import io.socp.relay.identity.LinkId;
import io.socp.relay.identity.ServerId;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The dialect of each link, and which of the users' are in use. Thread-safe for readers; written by
 * the mesh loop alone.
 *
 * <p>Links of the standard dialect are not kept: where everyone speaks it, this costs nothing.
 */
@ThreadSafe
public final class LinkDialects {

    private final Map<LinkId, Dialect> byLink = new ConcurrentHashMap<>();
    private final Map<LinkId, PeerDialect> byPeerLink = new ConcurrentHashMap<>();
    private final Map<ServerId, PeerDialect> byServer = new ConcurrentHashMap<>();
    private final Map<Dialect, Integer> linksByDialect = new ConcurrentHashMap<>();

    /** A user's link speaks this dialect. */
    public void put(LinkId link, Dialect dialect) {
        if (dialect.equals(Dialect.STANDARD)) {
            return;
        }
        boolean isNew = byLink.put(link, dialect) == null;
        if (isNew && !dialect.readsStandard()) {
            linksByDialect.merge(dialect, 1, Integer::sum);
        }
    }

    /** The link is closed. */
    public void remove(LinkId link) {
        Dialect dialect = byLink.remove(link);
        if (dialect != null) {
            linksByDialect.computeIfPresent(dialect, (_, links) -> links == 1 ? null : links - 1);
        }
    }

    /** A server's links tell that it speaks this dialect. */
    public void put(ServerId server, PeerDialect dialect) {
        byServer.put(server, dialect);
    }

    /** A server speaks this dialect, on this link of its and on those to come. */
    public void put(LinkId link, ServerId server, PeerDialect dialect) {
        byPeerLink.put(link, dialect);
        byServer.put(server, dialect);
    }

    /** The server at the other end speaks this dialect, on this link alone. */
    public void putPeer(LinkId link, PeerDialect dialect) {
        byPeerLink.put(link, dialect);
    }

    /** Nothing is sent to the server any more. */
    public void forget(ServerId server) {
        byServer.remove(server);
    }

    /** How to write to this server, also while its link is lost. */
    public PeerDialect ofServer(ServerId server) {
        return byServer.getOrDefault(server, PeerDialect.STANDARD);
    }

    /** The server's link is closed. */
    public void removePeer(LinkId link) {
        byPeerLink.remove(link);
    }

    /** How to write on this server's link. */
    public PeerDialect ofPeer(LinkId link) {
        return byPeerLink.getOrDefault(link, PeerDialect.STANDARD);
    }

    /** Whether one of our own relays is at the other end: it reads our extensions. */
    public boolean isOwnRelay(LinkId link) {
        return ofPeer(link).isOwn();
    }

    /** How to write on this user's link. */
    public Dialect of(LinkId link) {
        return byLink.getOrDefault(link, Dialect.STANDARD);
    }

    /** The dialects of open links that need frames of their own; a live view. */
    public Set<Dialect> inUse() {
        return linksByDialect.keySet();
    }
}
