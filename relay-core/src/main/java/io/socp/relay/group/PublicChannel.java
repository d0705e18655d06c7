package io.socp.relay.group;

import io.socp.relay.identity.UserId;
import io.socp.relay.ownership.EventLoopConfined;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The public channel as this server knows it. Event-loop confined to the mesh loop.
 *
 * <p>The version only grows, and the larger of two wins: servers that bump at the same time arrive
 * at the same number whatever the order in which they hear of each other. Users who join within a
 * moment are announced together, so that a rush costs one bump.
 */
@EventLoopConfined
public final class PublicChannel {

    /** Members announced in one frame; about 40 bytes each. */
    public static final int MEMBERS_PER_FRAME_MAX = 1_000;

    /** The last version: the largest integer that every JSON reader keeps exact. */
    public static final long VERSION_MAX = (1L << 53) - 1;

    private final Set<UserId> joined = new LinkedHashSet<>();
    private long version;

    /** The state after members were added: what to announce. */
    public record Growth(List<UserId> added, long ifVersion, long version) {
        public Growth {
            added = List.copyOf(added);
        }
    }

    /** The version this server knows of. */
    public long version() {
        return version;
    }

    /** A user has joined; announced with the next {@link #grow}, once however often he comes. */
    public void join(UserId user) {
        joined.add(user);
    }

    /** Whether somebody has joined since the last {@link #grow}. */
    public boolean hasJoined() {
        return !joined.isEmpty();
    }

    /** Whether so many have joined since that there is no use in waiting for more. */
    public boolean fillsFrame() {
        return joined.size() >= MEMBERS_PER_FRAME_MAX;
    }

    /** Takes up those who joined, as many as one frame may name, under the next version. */
    public Growth grow() {
        List<UserId> batch = joined.stream().limit(MEMBERS_PER_FRAME_MAX).toList();
        Growth growth = new Growth(batch, version, Math.min(version + 1, VERSION_MAX));
        batch.forEach(joined::remove);
        version = growth.version();
        return growth;
    }

    /** Another server's version, unless no channel can have it; says whether ours was older. */
    public boolean merge(long other) {
        boolean isNewer = other > version && other <= VERSION_MAX;
        if (isNewer) {
            version = other;
        }
        return isNewer;
    }
}
