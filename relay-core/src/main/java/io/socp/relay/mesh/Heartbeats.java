package io.socp.relay.mesh;

import io.socp.relay.identity.LinkId;
import io.socp.relay.ownership.EventLoopConfined;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When to send our sign of life, and who has given none (SOCP §8.4, §11). Event-loop confined to
 * the mesh loop.
 *
 * <p>Any verified frame counts as a sign of life, not the HEARTBEAT alone.
 */
@EventLoopConfined
public final class Heartbeats {

    private final long intervalNs;
    private final long deadAfterNs;
    private final Map<LinkId, Long> heardNs = new HashMap<>();
    private long nextBeatNs;

    public Heartbeats(Duration interval, Duration deadAfter, long nowNs) {
        this.intervalNs = interval.toNanos();
        this.deadAfterNs = deadAfter.toNanos();
        this.nextBeatNs = nowNs + intervalNs;
    }

    /** The link is up, or something came on it. */
    public void heard(LinkId link, long nowNs) {
        heardNs.put(link, nowNs);
    }

    /** The link is gone. */
    public void forget(LinkId link) {
        heardNs.remove(link);
    }

    /** Whether a heartbeat is due now; true once an interval. */
    public boolean takeDue(long nowNs) {
        if (nextBeatNs - nowNs > 0) {
            return false;
        }
        nextBeatNs = nowNs + intervalNs;
        return true;
    }

    /** Links silent for too long. */
    public List<LinkId> silent(long nowNs) {
        return heardNs.entrySet().stream()
                .filter(e -> nowNs - e.getValue() >= deadAfterNs)
                .map(Map.Entry::getKey)
                .toList();
    }
}
