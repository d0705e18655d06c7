package io.socp.relay.dialect;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.ThreadSafe;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The dialect of each user's link, and which are in use. Thread-safe for readers; written by the
 * mesh loop alone.
 *
 * <p>Links of the standard dialect are not kept: where everyone speaks it, this costs nothing.
 */
@ThreadSafe
public final class LinkDialects {

    private final Map<LinkId, Dialect> byLink = new ConcurrentHashMap<>();
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

    /** How to write on this link. */
    public Dialect of(LinkId link) {
        return byLink.getOrDefault(link, Dialect.STANDARD);
    }

    /** The dialects of open links that need frames of their own; a live view. */
    public Set<Dialect> inUse() {
        return linksByDialect.keySet();
    }
}
